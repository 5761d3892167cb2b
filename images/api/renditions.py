"""Renditions over HTTP, for the gateway."""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from images.api.permissions import OwnedView, owner_of
from images.api.requests import rendition_from
from images.api.responses import image_body, job_body, presets_body, renditions_body
from images.selectors.images import image_for_owner, renditions_of
from images.services.renditions import operations_request, preset_request


class RenditionList(OwnedView):
    """The renditions of one image that the person owns."""

    def get(self, request: Request, image_id: UUID) -> Response:
        """All of them, oldest first."""
        image = image_for_owner(image_id=image_id, owner_id=owner_of(request))
        return Response({"results": renditions_body(renditions_of(image_id=image.id))})

    def post(self, request: Request, image_id: UUID) -> Response:
        """Ask for a preset or for operations: 200 when all is there, else 202 with the job."""
        image_for_owner(image_id=image_id, owner_id=owner_of(request))
        wanted, owner_id = rendition_from(request), owner_of(request)
        if isinstance(wanted, str):
            outcome = preset_request(image_id=image_id, owner_id=owner_id, preset=wanted)
        else:
            outcome = operations_request(image_id=image_id, owner_id=owner_id, spec=wanted)
        body = {
            "image": image_body(outcome.image),
            "job": None if outcome.job is None else job_body(outcome.job),
            "renditions": renditions_body(outcome.renditions),
        }
        return Response(body, status=200 if outcome.job is None else 202)


class PresetList(OwnedView):
    """The presets that can be asked for by name."""

    def get(self, request: Request) -> Response:  # noqa: ARG002 - the same for everyone
        """All of them, from the smallest to the largest."""
        return Response(presets_body())
