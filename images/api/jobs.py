"""Jobs over HTTP, for the gateway."""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from images.api.permissions import OwnedView, owner_of
from images.api.requests import job_filter_from
from images.api.responses import job_body, page_body
from images.selectors.jobs import job_for_owner, jobs_of_owner
from images.services.jobs import job_cancel, job_retry
from platform_site.kit.rest.pagination import limit_from, page_of


class JobList(OwnedView):
    """The jobs of the person."""

    def get(self, request: Request) -> Response:
        """A page of jobs, newest first."""
        image_id, states = job_filter_from(request.query_params)
        page = page_of(
            jobs_of_owner(owner_id=owner_of(request), image_id=image_id, states=states),
            limit=limit_from(request.query_params.get("limit")),
            cursor=request.query_params.get("cursor"),
        )
        return Response(page_body(page, [job_body(job) for job in page.items]))


class JobDetail(OwnedView):
    """One job of the person."""

    def get(self, request: Request, job_id: UUID) -> Response:
        """How it stands."""
        return Response(job_body(job_for_owner(job_id=job_id, owner_id=owner_of(request))))


class JobCancel(OwnedView):
    """The way to stop a job."""

    def post(self, request: Request, job_id: UUID) -> Response:
        """Stop it; what it has made stays."""
        return Response(job_body(job_cancel(job_id=job_id, owner_id=owner_of(request))), status=202)


class JobRetry(OwnedView):
    """The way to begin an ended job again."""

    def post(self, request: Request, job_id: UUID) -> Response:
        """Begin it again."""
        return Response(job_body(job_retry(job_id=job_id, owner_id=owner_of(request))), status=202)
