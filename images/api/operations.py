"""What other roles ask for themselves or for an owner as a whole: usage, purge, status."""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from images.api.callers import OwnedView, ServiceView, owner_of
from images.api.output import job_body, usage_body
from images.selectors.usage import usage_of
from images.services.deletion import owner_purge
from images.services.status import status_report


class UsageDetail(OwnedView):
    """The room that the person's images take."""

    def get(self, request: Request) -> Response:
        """Bytes and count, beside the limit."""
        return Response(usage_body(usage_of(owner_id=owner_of(request))))


class OwnerPurge(ServiceView):
    """The end of all that an owner has; the account is going."""

    def post(self, request: Request, owner_id: UUID) -> Response:  # noqa: ARG002 - any role may
        """Hide everything now and delete it by a job."""
        return Response({"job": job_body(owner_purge(owner_id=owner_id))}, status=202)


class Status(ServiceView):
    """How the role and its workers are."""

    def get(self, request: Request) -> Response:  # noqa: ARG002 - the same for every role
        """Numbers measured now."""
        return Response(status_report())
