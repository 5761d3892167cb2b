"""Jobs: what the platform is doing, or did, for the caller."""

from uuid import UUID

from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from gateway.api.bodies import JobQuery
from gateway.api.views import GatewayView, query_of
from gateway.callers import principal_of
from gateway.clients import images
from gateway.clients.types import Job
from gateway.idempotency import idempotent
from gateway.links import Links
from gateway.schema import IDEMPOTENCY_KEY, documented
from gateway.shapes import JobResults

TAG = "jobs"


class Jobs(GatewayView):
    """All jobs of the caller."""

    @documented(
        "jobs_list", tag=TAG, replies={200: JobResults}, refusals=(400,), parameters=[JobQuery]
    )
    def get(self, request: Request) -> Response:
        """A page of your jobs, newest first."""
        query = query_of(JobQuery, request)
        page = images.job_list(principal=principal_of(request), query=query)
        return Response(Links(request).jobs(page))


class JobDetail(GatewayView):
    """One job of the caller."""

    @documented("job_get", tag=TAG, replies={200: Job}, refusals=(404,))
    def get(self, request: Request, job_id: UUID) -> Response:
        """State, progress, error and result of the job."""
        return Response(images.job_get(principal=principal_of(request), job_id=job_id))


class JobCancel(GatewayView):
    """A job that is not over."""

    @documented(
        "job_cancel",
        tag=TAG,
        replies={202: Job},
        refusals=(404, 409, 422),
        parameters=[IDEMPOTENCY_KEY],
    )
    @idempotent
    def post(self, request: Request, job_id: UUID) -> HttpResponseBase:
        """Tell the job to stop."""
        job = images.job_cancel(principal=principal_of(request), job_id=job_id)
        return Response(job, status=202)


class JobRetry(GatewayView):
    """A job that failed or was canceled."""

    @documented(
        "job_retry",
        tag=TAG,
        replies={202: Job},
        refusals=(404, 409, 422),
        parameters=[IDEMPOTENCY_KEY],
    )
    @idempotent
    def post(self, request: Request, job_id: UUID) -> HttpResponseBase:
        """Queue the job again."""
        job = images.job_retry(principal=principal_of(request), job_id=job_id)
        return Response(job, status=202)
