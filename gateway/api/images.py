"""Images: send, list, look at, change, hide, restore and delete."""

from uuid import UUID

from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from gateway.api.requests import (
    DeletionQuery,
    ImageActionIn,
    ImageChanges,
    ImageFilterQuery,
    ImageQuery,
    UploadForm,
)
from gateway.api.views import GatewayView, UploadView, body_of, query_of, versioned_response
from gateway.clients import images
from gateway.clients.types import ImageCount, ImagesChanged
from gateway.idempotency import idempotent
from gateway.links import Links
from gateway.permissions import principal_of
from gateway.responses import Deletion, Image, ImageResults, Upload
from gateway.services.uploading import upload_store
from platform_site.kit.rest.descriptions import IDEMPOTENCY_KEY, IF_MATCH, IF_NONE_MATCH, documented
from platform_site.kit.rest.openapi import answer_header

TAG = "images"
UPLOAD_REFUSALS = (400, 403, 409, 411, 413, 415, 422)


class Images(UploadView):
    """All images of the caller."""

    @documented(
        "images_list",
        tag=TAG,
        replies={200: ImageResults},
        refusals=(400,),
        parameters=[ImageQuery],
    )
    def get(self, request: Request) -> Response:
        """A page of your images, newest first."""
        query = query_of(ImageQuery, request)
        page = images.image_list(principal=principal_of(request), query=query)
        return Response(Links(request).images(page))

    @documented(
        "images_upload",
        tag=TAG,
        request={"multipart/form-data": UploadForm},
        replies={200: Upload, 202: Upload},
        refusals=UPLOAD_REFUSALS,
        parameters=[IDEMPOTENCY_KEY, answer_header("Location", 200, 202)],
    )
    @idempotent
    def post(self, request: Request) -> HttpResponseBase:
        """Send a picture. 202 with the job that renders it; 200 if you have these bytes already."""
        stored = upload_store(principal=principal_of(request), upload=self.upload)
        answer = Links(request).upload(stored)
        return Response(
            answer,
            status=200 if stored.duplicate else 202,
            headers={"Location": answer.image.links.self},
        )


class ImagesCount(GatewayView):
    """The number of images of the caller."""

    @documented(
        "images_count",
        tag=TAG,
        replies={200: ImageCount},
        refusals=(400,),
        parameters=[ImageFilterQuery],
    )
    def get(self, request: Request) -> Response:
        """How many images a list with the same filters has."""
        query = query_of(ImageFilterQuery, request)
        return Response(images.image_count(principal=principal_of(request), query=query))


class ImageActions(GatewayView):
    """Many images of the caller."""

    @documented(
        "images_act",
        tag=TAG,
        request=ImageActionIn,
        replies={200: ImagesChanged},
        refusals=(400, 409, 422),
        parameters=[IDEMPOTENCY_KEY],
    )
    @idempotent
    def post(self, request: Request) -> HttpResponseBase:
        """Trash, restore, delete or tag many images; 10,000 rows at most are written by one call.

        What the action does not apply to any more is left as it is. `skipped` counts what cannot
        be changed: `image_exists` (the same bytes are there again), `too_many_tags`.
        """
        wish = body_of(ImageActionIn, request)
        return Response(images.images_act(principal=principal_of(request), wish=wish))


class ImageDetail(GatewayView):
    """One image of the caller."""

    @documented(
        "image_get",
        tag=TAG,
        replies={200: Image, 304: None},
        refusals=(404,),
        parameters=[IF_NONE_MATCH],
    )
    def get(self, request: Request, image_id: UUID) -> Response:
        """The image with its renditions and their URLs."""
        condition = request.headers.get("If-None-Match")
        found = images.image_get(
            principal=principal_of(request), image_id=image_id, if_none_match=condition
        )
        if found.value is None:
            return versioned_response(None, found.etag, status=304)
        return versioned_response(Links(request).image(found.value), found.etag)

    @documented(
        "image_update",
        tag=TAG,
        request=ImageChanges,
        replies={200: Image},
        refusals=(400, 404, 409, 412, 415),
        parameters=[IF_MATCH, answer_header("ETag", 200)],
    )
    def patch(self, request: Request, image_id: UUID) -> Response:
        """Change the title or the tags."""
        changed = images.image_update(
            principal=principal_of(request),
            image_id=image_id,
            changes=body_of(ImageChanges, request),
            if_match=request.headers.get("If-Match"),
        )
        return versioned_response(Links(request).image(changed.value), changed.etag)

    @documented(
        "image_delete",
        tag=TAG,
        replies={202: Deletion, 204: None},
        refusals=(400, 404, 409, 412),
        parameters=[IF_MATCH, DeletionQuery],
    )
    def delete(self, request: Request, image_id: UUID) -> Response:
        """Hide the image; `?permanent=true` deletes it for good, as a job."""
        caller, condition = principal_of(request), request.headers.get("If-Match")
        if query_of(DeletionQuery, request)["permanent"] == "true":
            job = images.image_delete(principal=caller, image_id=image_id, if_match=condition)
            return Response(Deletion(job), status=202)
        images.image_trash(principal=caller, image_id=image_id, if_match=condition)
        return Response(status=204)


class ImageRestore(GatewayView):
    """An image in the trash."""

    @documented(
        "image_restore",
        tag=TAG,
        replies={200: Image},
        refusals=(404, 409, 422),
        parameters=[IDEMPOTENCY_KEY, answer_header("ETag", 200)],
    )
    @idempotent
    def post(self, request: Request, image_id: UUID) -> HttpResponseBase:
        """Take the image out of the trash."""
        restored = images.image_restore(principal=principal_of(request), image_id=image_id)
        return versioned_response(Links(request).image(restored.value), restored.etag)
