"""Jobs: what the platform is doing, or did, for the caller."""

import hashlib
from uuid import UUID

import orjson
from django.http.response import HttpResponseBase
from django.utils.http import parse_etags
from rest_framework.request import Request
from rest_framework.response import Response

from gateway.api.requests import JobQuery
from gateway.api.views import GatewayView, query_of, versioned_response
from gateway.clients import images
from gateway.clients.types import Job
from gateway.idempotency import idempotent
from gateway.links import Links
from gateway.permissions import principal_of
from gateway.responses import JobResults
from platform_site.kit.rest.descriptions import IDEMPOTENCY_KEY, IF_NONE_MATCH, documented

TAG = "jobs"


class Jobs(GatewayView):
    """All jobs of the caller."""

    @documented(
        "jobs_list",
        tag=TAG,
        replies={200: JobResults, 304: None},
        refusals=(400,),
        parameters=[JobQuery, IF_NONE_MATCH],
    )
    def get(self, request: Request) -> Response:
        """A page of your jobs, newest first."""
        query = query_of(JobQuery, request)
        page = images.job_list(principal=principal_of(request), query=query)
        return _unless_known(request, Links(request).jobs(page))


class JobDetail(GatewayView):
    """One job of the caller."""

    @documented(
        "job_get",
        tag=TAG,
        replies={200: Job, 304: None},
        refusals=(404,),
        parameters=[IF_NONE_MATCH],
    )
    def get(self, request: Request, job_id: UUID) -> Response:
        """State, progress, error and result of the job."""
        job = images.job_get(principal=principal_of(request), job_id=job_id)
        return _unless_known(request, job)


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


def _unless_known(request: Request, document: Job | JobResults) -> Response:
    """``document`` with an ETag, or a 304 when the caller holds the same; both are polled.

    The ETag is weak: it is worked out from what is said, not from the bytes that say it.
    """
    opaque = f'"{hashlib.sha256(orjson.dumps(document)).hexdigest()[:32]}"'
    held = parse_etags(request.headers.get("If-None-Match", ""))
    known = "*" in held or opaque in {tag.removeprefix("W/") for tag in held}
    if known:
        return versioned_response(None, f"W/{opaque}", status=304)
    return versioned_response(document, f"W/{opaque}")
