"""Renditions of one image, and the presets that name the usual ones."""

from typing import Final
from uuid import UUID

from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiExample
from rest_framework.request import Request
from rest_framework.response import Response

from gateway.api.requests import RenditionCreate
from gateway.api.views import GatewayView, body_of
from gateway.clients import images
from gateway.idempotency import idempotent
from gateway.links import Links
from gateway.permissions import principal_of
from gateway.responses import PresetResults, RenditionResults, RequestedRenditions
from platform_site.kit.rest.descriptions import IDEMPOTENCY_KEY, documented

TAG = "renditions"
PRESET_EXAMPLE: Final = OpenApiExample("a preset", value={"preset": "medium"}, request_only=True)
OPERATIONS_EXAMPLE: Final = OpenApiExample(
    "operations",
    value={"ops": {"width": 1200, "height": 630, "fit": "cover", "format": "webp"}},
    request_only=True,
)


class Renditions(GatewayView):
    """The renditions of one image of the caller."""

    @documented("renditions_list", tag=TAG, replies={200: RenditionResults}, refusals=(404,))
    def get(self, request: Request, image_id: UUID) -> Response:
        """All renditions of the image, with the URLs of those that are ready."""
        found = images.rendition_list(principal=principal_of(request), image_id=image_id)
        return Response(RenditionResults(Links(request).renditions(found.results)))

    @documented(
        "rendition_request",
        tag=TAG,
        request=RenditionCreate,
        replies={200: RequestedRenditions, 202: RequestedRenditions},
        refusals=(400, 404, 409, 415, 422),
        parameters=[IDEMPOTENCY_KEY],
        examples=[PRESET_EXAMPLE, OPERATIONS_EXAMPLE],
    )
    @idempotent
    def post(self, request: Request, image_id: UUID) -> HttpResponseBase:
        """Ask for a preset or for operations. 200 if they exist, else 202 with the job."""
        wish = body_of(RenditionCreate, request)
        wanted = images.rendition_request(
            principal=principal_of(request), image_id=image_id, wish=wish
        )
        answer = Links(request).rendition_request(wanted)
        return Response(answer, status=200 if wanted.job is None else 202)


class Presets(GatewayView):
    """The named sizes."""

    @documented("presets_list", tag=TAG, replies={200: PresetResults})
    def get(self, request: Request) -> Response:
        """Names, boxes and formats of the presets.

        The formats are those of a photograph. A picture that is transparent somewhere, or drawn
        and smaller when it is exact, has PNG in place of JPEG. Until its pixels have been looked
        at, its pending renditions show what the header suggests.
        """
        return Response(PresetResults(images.preset_list(principal=principal_of(request)).results))
