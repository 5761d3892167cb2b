"""What other roles ask for themselves or for an owner as a whole: usage, purge, status."""

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from images.api.permissions import OwnerView, ServiceView, UsageView, owner_of
from images.api.representations import job_out, usage_out
from images.api.responses import DeletionOut, UsageOut
from images.models import Job
from images.selectors.usage import usage_of
from images.services.deletion import owner_forget, owner_purge
from images.services.edit import owner_release, owner_withhold
from images.services.status import status_report
from platform_site.kit.rest.descriptions import documented
from platform_site.kit.rest.hot_reads import HotRequest, hot, json_response


@hot(UsageView, documented("usage_get", tag="platform", replies={200: UsageOut}))
def usage_get(read: HotRequest) -> HttpResponse:
    """Bytes and images stored, bytes reserved by uploads, and how many bytes are allowed.

    `limit_bytes` is for everything together, `upload_max_bytes` for one file.
    """
    return json_response(usage_out(usage_of(owner_id=owner_of(read))))


class OwnerWithhold(OwnerView):
    """All that the person has; the account was closed."""

    def post(self, request: Request) -> Response:
        """Serve nothing of it any more."""
        owner_withhold(owner_id=owner_of(request))
        return Response(status=204)


class OwnerRelease(OwnerView):
    """All that the person has; the account was taken back."""

    def post(self, request: Request) -> Response:
        """Serve it again."""
        owner_release(owner_id=owner_of(request))
        return Response(status=204)


class OwnerPurge(OwnerView):
    """The end of all that the person has, for which auth alone asks, with a token made for it."""

    callers = frozenset({"auth"})
    read_scope = write_scope = "images:purge"

    def post(self, request: Request) -> Response:
        """Hide everything now and delete it by a job; 200 with what was deleted once it is."""
        found = owner_purge(owner_id=owner_of(request))
        if isinstance(found, Job):
            return Response(DeletionOut(job_out(found)), status=202)
        return Response(found)


class OwnerForget(OwnerPurge):
    """What is left of a person who has nothing any more: the jobs that tell of it."""

    def post(self, request: Request) -> Response:
        """Forget them."""
        owner_forget(owner_id=owner_of(request))
        return Response(status=204)


class Status(ServiceView):
    """How the role and its workers are."""

    def get(self, request: Request) -> Response:  # noqa: ARG002 - the same for every role
        """How it is now; what ended in a day, and what is stored, as counted within a minute."""
        return Response(status_report())
