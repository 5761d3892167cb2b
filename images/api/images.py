"""Images: uploaded, listed, read, changed, trashed, restored, deleted."""

from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from images.api.conditions import is_unchanged, unchanged, versioned, versions_required
from images.api.permissions import OwnedView, owner_of
from images.api.public_urls import image_url, origin_of
from images.api.representations import (
    image_etag,
    image_json,
    image_out,
    image_page,
    job_out,
    job_out_or_none,
)
from images.api.requests import (
    DeletionQuery,
    ImageChangesIn,
    ImageQuery,
    body_of,
    image_filter,
    query_of,
)
from images.api.responses import (
    DeletionOut,
    ImageOut,
    ImageResultsOut,
    UploadOut,
)
from images.api.upload_form import UploadFormIn, form_check, upload_from
from images.models import Image
from images.selectors.images import image_row, images_paged
from images.services.deletion import image_purge
from images.services.edit import image_edit, image_restore, image_trash
from images.services.uploads import image_upload
from images.upload_handler import HashingUploadHandler
from platform_site.kit.rest.descriptions import IF_MATCH, IF_NONE_MATCH, documented
from platform_site.kit.rest.hot_reads import HotRequest, hot, json_response
from platform_site.kit.rest.openapi import answer_header
from platform_site.kit.rest.pagination import LIMIT_DEFAULT

TAG: Final = "images"


class ImageList(OwnedView):
    """Upload to the images of the person."""

    def initialize_request(self, request: HttpRequest, *args: object, **kwargs: object) -> Request:
        """Put our upload handler in before anything reads the body: Django takes none later."""
        if request.method == "POST":
            self.handler = HashingUploadHandler(request)
            request.upload_handlers = [self.handler]
            self.parser_classes = [MultiPartParser]
        return super().initialize_request(request, *args, **kwargs)

    @documented(
        "images_upload",
        tag=TAG,
        request={"multipart/form-data": UploadFormIn},
        replies={200: UploadOut, 202: UploadOut},
        refusals=(400, 403, 409, 411, 413, 415, 422),
        parameters=[answer_header("Location", 200, 202)],
    )
    def post(self, request: Request) -> Response:
        """Send a picture. 202 with the job that renders it; 200 if you have these bytes already."""
        form_check(request)
        try:
            received, wanted = upload_from(request)
            outcome = image_upload(owner_id=owner_of(request), received=received, wanted=wanted)
        finally:
            self.handler.close()  # of a large file there is a copy on disk, also when it is refused
        row = image_row(image_id=outcome.image.id, owner_id=outcome.image.owner_id)
        origin = origin_of(request)
        return Response(
            UploadOut(
                image_out(row, origin=origin), job_out_or_none(outcome.job), outcome.is_duplicate
            ),
            status=200 if outcome.is_duplicate else 202,
            headers={"Location": image_url(row.id, origin=origin)},
        )


class ImageDetail(OwnedView):
    """One image that the person owns."""

    @documented(
        "image_update",
        tag=TAG,
        request=ImageChangesIn,
        replies={200: ImageOut},
        refusals=(400, 404, 409, 412, 415),
        parameters=[IF_MATCH, answer_header("ETag", 200)],
    )
    def patch(self, request: Request, image_id: UUID) -> HttpResponse:
        """Change the title or the tags."""
        image = image_edit(
            image_id=image_id,
            owner_id=owner_of(request),
            versions=versions_required(request),
            **body_of(ImageChangesIn, request),
        )
        return _versioned(request, image)

    @documented(
        "image_delete",
        tag=TAG,
        replies={202: DeletionOut, 204: None},
        refusals=(400, 404, 409, 412),
        parameters=[IF_MATCH, DeletionQuery],
    )
    def delete(self, request: Request, image_id: UUID) -> Response:
        """Hide the image; `?permanent=true` deletes it for good, as a job."""
        is_for_good = query_of(DeletionQuery, request)["permanent"]
        owner_id, versions = owner_of(request), versions_required(request)
        if is_for_good:
            job = image_purge(image_id=image_id, owner_id=owner_id, versions=versions)
            return Response(DeletionOut(job_out(job)), status=202)
        image_trash(image_id=image_id, owner_id=owner_id, versions=versions)
        return Response(status=204)


class ImageRestore(OwnedView):
    """An image in the trash."""

    @documented(
        "image_restore",
        tag=TAG,
        replies={200: ImageOut},
        refusals=(404, 409),
        parameters=[answer_header("ETag", 200)],
    )
    def post(self, request: Request, image_id: UUID) -> HttpResponse:
        """Take the image out of the trash."""
        image = image_restore(image_id=image_id, owner_id=owner_of(request))
        return _versioned(request, image)


@hot(
    OwnedView,
    documented(
        "images_list",
        tag=TAG,
        replies={200: ImageResultsOut},
        refusals=(400,),
        parameters=[ImageQuery],
    ),
)
def images_list(read: HotRequest) -> HttpResponse:
    """A page of your images, newest first."""
    query = query_of(ImageQuery, read)
    page = images_paged(
        owner_id=owner_of(read),
        narrowed=image_filter(query),
        limit=query.get("limit", LIMIT_DEFAULT),
        cursor=query.get("cursor"),
    )
    return json_response(image_page(read, page))


@hot(
    OwnedView,
    documented(
        "image_get",
        tag=TAG,
        replies={200: ImageOut, 304: None},
        refusals=(404,),
        parameters=[IF_NONE_MATCH],
    ),
)
def image_get(read: HotRequest, image_id: UUID) -> HttpResponse:
    """The image with its renditions and their URLs."""
    row, origin = image_row(image_id=image_id, owner_id=owner_of(read)), origin_of(read)
    etag = image_etag(row)
    if is_unchanged(read.http, etag=etag):
        return unchanged(etag)
    return versioned(image_json(row, origin=origin), etag)


def _versioned(request: Request, image: Image) -> HttpResponse:
    row = image_row(image_id=image.id, owner_id=image.owner_id)
    return versioned(image_json(row, origin=origin_of(request)), image_etag(row))
