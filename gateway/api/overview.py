"""What the caller has, and how the platform is."""

from dataclasses import replace

from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from gateway.api.views import GatewayView
from gateway.clients import images
from gateway.clients.types import Usage
from gateway.links import Links
from gateway.permissions import is_staff, principal_of
from gateway.responses import Overview, Status
from gateway.services.overview import overview_of
from gateway.services.status import board
from platform_site.kit.rest.descriptions import documented

TAG = "platform"


class UsageDetail(GatewayView):
    """How much the caller stores."""

    @documented("usage_get", tag=TAG, replies={200: Usage})
    def get(self, request: Request) -> Response:
        """Bytes and images stored, bytes reserved by uploads, and how many bytes are allowed.

        `limit_bytes` is for everything together, `upload_max_bytes` for one file.
        """
        return Response(images.usage_of(principal=principal_of(request)))


class OverviewDetail(GatewayView):
    """The first page of an application, in one call."""

    @documented("overview_get", tag=TAG, replies={200: Overview})
    def get(self, request: Request) -> Response:
        """Who you are, your usage, newest images and unfinished jobs.

        A role that gives no answer is named in `unavailable`; its parts are null or empty.
        """
        summary = overview_of(principal=principal_of(request))
        links = Links(request)
        return Response(
            Overview(
                user=summary.user,
                usage=summary.usage,
                images=[links.image(item) for item in summary.images],
                jobs=summary.jobs,
                unavailable=summary.unavailable,
            )
        )


class StatusDetailView(GatewayView):
    """The state of the platform: a summary for anyone, the numbers for staff."""

    permission_classes = [AllowAny]

    @documented("status_get", tag=TAG, replies={200: Status, 503: Status}, anonymous=True)
    def get(self, request: Request) -> Response:
        """Each role and whether it does its work; 503 when one does not. Staff see the numbers."""
        status = board.status()
        seen = status if is_staff(request) else replace(status, links={}, detail=None)
        return Response(seen, status=200 if status.status == "ok" else 503)
