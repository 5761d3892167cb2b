"""Renditions of one image, and the presets that name the usual ones."""

from typing import Final
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiExample
from rest_framework.request import Request
from rest_framework.response import Response

from images.api.permissions import OwnedView, owner_of, session_require_live
from images.api.public_urls import origin_of
from images.api.representations import (
    image_out,
    job_out_or_none,
    presets_out,
    renditions_out,
)
from images.api.requests import RenditionCreateIn, rendition_wanted
from images.api.responses import (
    PresetResultsOut,
    RenditionResultsOut,
    RequestedRenditionsOut,
)
from images.models import Job
from images.selectors.images import image_row
from images.selectors.jobs import JobRow, job_row
from images.services.renditions import operations_request, preset_request
from images.services.waiting import job_wait
from platform_site.kit.rest.codecs import encoded
from platform_site.kit.rest.descriptions import PREFER, documented
from platform_site.kit.rest.hot_reads import HotRequest, hot, json_response
from platform_site.kit.rest.openapi import answer_header
from platform_site.kit.rest.preferences import preferred_wait_s

TAG: Final = "renditions"
PRESETS_JSON: Final = encoded(PresetResultsOut(presets_out()))
PRESET_EXAMPLE: Final = OpenApiExample("a preset", value={"preset": "medium"}, request_only=True)
OPERATIONS_EXAMPLE: Final = OpenApiExample(
    "operations",
    value={"ops": {"width": 1200, "height": 630, "fit": "cover", "format": "webp"}},
    request_only=True,
)


class RenditionList(OwnedView):
    """Ask for renditions of one image that the person owns."""

    @documented(
        "rendition_request",
        tag=TAG,
        request=RenditionCreateIn,
        replies={200: RequestedRenditionsOut, 202: RequestedRenditionsOut},
        refusals=(400, 404, 409, 415, 422),
        parameters=[PREFER, answer_header("Preference-Applied", 200, 202)],
        examples=[PRESET_EXAMPLE, OPERATIONS_EXAMPLE],
    )
    def post(self, request: Request, image_id: UUID) -> Response:
        """Ask for a preset or for operations. 200 if they exist, else 202 with the job.

        With `Prefer: wait=N` the answer is held until the job is over, which is 200, too.
        """
        wanted, owner_id = rendition_wanted(request), owner_of(request)
        if isinstance(wanted, str):
            outcome = preset_request(image_id=image_id, owner_id=owner_id, preset=wanted)
        else:
            outcome = operations_request(image_id=image_id, owner_id=owner_id, spec=wanted)
        job: Job | JobRow | None = outcome.job
        wait_s = preferred_wait_s(request.headers.get("Prefer", ""))
        is_over = job is None
        if job is not None and wait_s:
            is_over = bool(job_wait(job_id=job.id, wait_s=wait_s))
            session_require_live(request)
            job = job_row(job_id=job.id, owner_id=owner_id)
        row, origin = image_row(image_id=image_id, owner_id=owner_id), origin_of(request)
        document = RequestedRenditionsOut(
            image=image_out(row, origin=origin),
            job=job_out_or_none(job),
            # By the preset, too: its formats may have become others once pixels were looked at.
            renditions=renditions_out(
                row,
                origin=origin,
                ids=[rendition.id for rendition in outcome.renditions],
                preset=wanted if isinstance(wanted, str) else "",
            ),
        )
        headers = {"Preference-Applied": f"wait={wait_s}"} if wait_s else None
        return Response(document, status=200 if is_over else 202, headers=headers)


@hot(
    OwnedView,
    documented("renditions_list", tag=TAG, replies={200: RenditionResultsOut}, refusals=(404,)),
)
def renditions_list(read: HotRequest, image_id: UUID) -> HttpResponse:
    """All renditions of the image, with the URLs of those that are ready."""
    row = image_row(image_id=image_id, owner_id=owner_of(read))
    return json_response(RenditionResultsOut(renditions_out(row, origin=origin_of(read))))


@hot(OwnedView, documented("presets_list", tag=TAG, replies={200: PresetResultsOut}))
def presets_list(read: HotRequest) -> HttpResponse:  # noqa: ARG001 - the same for everyone
    """Names, boxes and formats of the presets.

    The formats are those of a photograph. A picture that is transparent somewhere, or drawn
    and smaller when it is exact, has PNG in place of JPEG. Until its pixels have been looked
    at, its pending renditions show what the header suggests.
    """
    return json_response(PRESETS_JSON)
