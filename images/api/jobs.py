"""Jobs: what the platform is doing, or did, for the person."""

from typing import Final
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from images.api.conditions import etag_of, is_unchanged, unchanged, versioned
from images.api.permissions import JobView, owner_of, session_require_live
from images.api.representations import job_out, job_page
from images.api.requests import JobQuery, query_of
from images.api.responses import JobOut, JobResultsOut
from images.models import ACTIVE_STATES
from images.selectors.jobs import job_row, jobs_paged
from images.services.jobs import job_cancel, job_retry
from images.services.waiting import job_wait
from platform_site.kit.rest.codecs import encoded
from platform_site.kit.rest.descriptions import IF_NONE_MATCH, documented
from platform_site.kit.rest.hot_reads import HotRequest, hot
from platform_site.kit.rest.pagination import LIMIT_DEFAULT
from platform_site.kit.rest.preferences import preferred_wait_s

TAG: Final = "jobs"


class JobCancel(JobView):
    """A job that is not over."""

    @documented("job_cancel", tag=TAG, replies={202: JobOut}, refusals=(404, 409))
    def post(self, request: Request, job_id: UUID) -> Response:
        """Tell the job to stop."""
        job = job_cancel(job_id=job_id, owner_id=owner_of(request))
        return Response(job_out(job), status=202)


class JobRetry(JobView):
    """A job that failed or was canceled."""

    @documented("job_retry", tag=TAG, replies={202: JobOut}, refusals=(404, 409))
    def post(self, request: Request, job_id: UUID) -> Response:
        """Queue the job again."""
        job = job_retry(job_id=job_id, owner_id=owner_of(request))
        return Response(job_out(job), status=202)


@hot(
    JobView,
    documented(
        "jobs_list",
        tag=TAG,
        replies={200: JobResultsOut, 304: None},
        refusals=(400,),
        parameters=[JobQuery, IF_NONE_MATCH],
    ),
)
def jobs_list(read: HotRequest) -> HttpResponse:
    """A page of your jobs, newest first."""
    query = query_of(JobQuery, read)
    page = jobs_paged(
        owner_id=owner_of(read),
        image_id=query.get("image"),
        states=query.get("state", ()),
        limit=query.get("limit", LIMIT_DEFAULT),
        cursor=query.get("cursor"),
    )
    return _unless_held(read, job_page(read, page))


@hot(
    JobView,
    documented(
        "job_get",
        tag=TAG,
        replies={200: JobOut, 304: None},
        refusals=(404,),
        parameters=[IF_NONE_MATCH],
    ),
)
def job_get(read: HotRequest, job_id: UUID) -> HttpResponse:
    """State, progress, error and result of the job."""
    owner_id = owner_of(read)
    job = job_row(job_id=job_id, owner_id=owner_id)
    wait_s = preferred_wait_s(read.META.get("HTTP_PREFER", ""))
    held = None
    # For the gateway, which asks on behalf of those who wait; it passes nobody's preference on.
    if wait_s and job.state in ACTIVE_STATES:
        held = job_wait(job_id=job_id, wait_s=wait_s)
        session_require_live(read)
        job = job_row(job_id=job_id, owner_id=owner_id)
    response = _unless_held(read, job_out(job))
    if held is not None:
        response["Preference-Applied"] = f"wait={wait_s}"
    return response


def _unless_held(read: HotRequest, document: JobOut | JobResultsOut) -> HttpResponse:
    """``document``, or a 304: both are polled, and no version of a row says what has changed."""
    body = encoded(document)
    etag = etag_of(body)
    return unchanged(etag) if is_unchanged(read.http, etag=etag) else versioned(body, etag)
