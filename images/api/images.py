"""Images over HTTP, for the gateway: sent, listed, read, edited, thrown away, taken back."""

from uuid import UUID

from django.http import HttpRequest
from django.utils.cache import patch_vary_headers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from images.api import requests as read
from images.api.conditions import is_unchanged, versions_required
from images.api.permissions import OwnedView, owner_of
from images.api.responses import image_body, image_etag, job_body, page_body
from images.models import Image
from images.selectors.images import image_for_owner, images_of_owner
from images.services.deletion import image_purge
from images.services.edit import image_edit, image_restore, image_trash
from images.services.uploads import image_upload
from images.upload_handler import HashingUploadHandler, charset_check, length_check
from platform_site.kit.rest.pagination import limit_from, page_of


class ImageList(OwnedView):
    """The images of the person, and the way in for a new one."""

    def initialize_request(self, request: HttpRequest, *args: object, **kwargs: object) -> Request:
        """Put our upload handler in before anything reads the body."""
        if request.method == "POST":
            self.handler = HashingUploadHandler(request)
            request.upload_handlers = [self.handler]
            self.parser_classes = [MultiPartParser]
        return super().initialize_request(request, *args, **kwargs)

    def get(self, request: Request) -> Response:
        """A page of images, newest first."""
        narrowed = read.image_filter_from(request.query_params, others=("limit", "cursor"))
        page = page_of(
            images_of_owner(owner_id=owner_of(request), narrowed=narrowed),
            limit=limit_from(request.query_params.get("limit")),
            cursor=request.query_params.get("cursor"),
        )
        return Response(page_body(page, [image_body(image) for image in page.items]))

    def post(self, request: Request) -> Response:
        """Take a picture: 202 with its job, or 200 when its bytes are here already."""
        length_check(request)
        charset_check(request)
        try:
            received, wanted = read.upload_from(request)
            outcome = image_upload(owner_id=owner_of(request), received=received, wanted=wanted)
        finally:
            self.handler.close()
        body = {
            "image": image_body(outcome.image),
            "job": None if outcome.job is None else job_body(outcome.job),
        }
        if outcome.is_duplicate:
            return Response({**body, "duplicate": True})
        return Response(body, status=202)


class ImageDetail(OwnedView):
    """One image that the person owns."""

    def get(self, request: Request, image_id: UUID) -> Response:
        """The image; 304 when the caller has it as it is."""
        image = image_for_owner(image_id=image_id, owner_id=owner_of(request))
        etag = image_etag(image)
        if is_unchanged(request, etag):
            return Response(status=304, headers={"ETag": etag})
        return _image_response(image)

    def patch(self, request: Request, image_id: UUID) -> Response:
        """Change title and tags; with ``If-Match`` only if nobody else did meanwhile."""
        image = image_edit(
            image_id=image_id,
            owner_id=owner_of(request),
            versions=versions_required(request),
            **read.edit_from(request),
        )
        return _image_response(image)

    def delete(self, request: Request, image_id: UUID) -> Response:
        """Into the trash, or with ``?permanent=true`` out of the world by a job."""
        read.parameters_check(request.query_params, {"permanent"})
        if request.query_params.get("permanent") == "true":
            job = image_purge(
                image_id=image_id, owner_id=owner_of(request), versions=versions_required(request)
            )
            return Response({"job": job_body(job)}, status=202)
        image_trash(
            image_id=image_id, owner_id=owner_of(request), versions=versions_required(request)
        )
        return Response(status=204)


class ImageRestore(OwnedView):
    """The way out of the trash."""

    def post(self, request: Request, image_id: UUID) -> Response:
        """The image, back as it was."""
        return _image_response(image_restore(image_id=image_id, owner_id=owner_of(request)))


def _image_response(image: Image) -> Response:
    response = Response(image_body(image), headers={"ETag": image_etag(image)})
    patch_vary_headers(response, ["Authorization"])
    return response
