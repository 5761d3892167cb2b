"""Jobs: what the platform is doing, or did, for the person."""

from typing import Final
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from images.api.conditions import etag_of, response_unless_held
from images.api.permissions import OwnedView, owner_of
from images.api.representations import job_out, job_page
from images.api.requests import JobQuery, query_of
from images.api.responses import JobOut, JobResultsOut
from images.selectors.jobs import job_for_owner, jobs_of_owner
from images.services.jobs import job_cancel, job_retry
from platform_site.kit.rest.descriptions import IF_NONE_MATCH, documented
from platform_site.kit.rest.pagination import LIMIT_DEFAULT, page_of

TAG: Final = "jobs"


class JobList(OwnedView):
    """The jobs of the person."""

    @documented(
        "jobs_list",
        tag=TAG,
        replies={200: JobResultsOut, 304: None},
        refusals=(400,),
        parameters=[JobQuery, IF_NONE_MATCH],
    )
    def get(self, request: Request) -> Response:
        """A page of your jobs, newest first."""
        query = query_of(JobQuery, request)
        jobs = jobs_of_owner(
            owner_id=owner_of(request),
            image_id=query.get("image"),
            states=query.get("state", ()),
        )
        page = page_of(jobs, limit=query.get("limit", LIMIT_DEFAULT), cursor=query.get("cursor"))
        return _unless_held(request, job_page(request, page))


class JobDetail(OwnedView):
    """One job of the person."""

    @documented(
        "job_get",
        tag=TAG,
        replies={200: JobOut, 304: None},
        refusals=(404,),
        parameters=[IF_NONE_MATCH],
    )
    def get(self, request: Request, job_id: UUID) -> Response:
        """State, progress, error and result of the job."""
        job = job_for_owner(job_id=job_id, owner_id=owner_of(request))
        return _unless_held(request, job_out(job))


class JobCancel(OwnedView):
    """A job that is not over."""

    @documented("job_cancel", tag=TAG, replies={202: JobOut}, refusals=(404, 409))
    def post(self, request: Request, job_id: UUID) -> Response:
        """Tell the job to stop."""
        job = job_cancel(job_id=job_id, owner_id=owner_of(request))
        return Response(job_out(job), status=202)


class JobRetry(OwnedView):
    """A job that failed or was canceled."""

    @documented("job_retry", tag=TAG, replies={202: JobOut}, refusals=(404, 409))
    def post(self, request: Request, job_id: UUID) -> Response:
        """Queue the job again."""
        job = job_retry(job_id=job_id, owner_id=owner_of(request))
        return Response(job_out(job), status=202)


def _unless_held(request: Request, document: JobOut | JobResultsOut) -> Response:
    """``document``, or a 304: both are polled, and no version of a row says what has changed."""
    return response_unless_held(request, etag_of(document), lambda: document)
