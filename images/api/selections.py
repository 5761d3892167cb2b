"""Many images at once: counted, and acted on."""

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from images.api.images import TAG
from images.api.permissions import OwnedView, owner_of
from images.api.representations import changes_out
from images.api.requests import (
    ACTIONS,
    ImageActionIn,
    ImageFilterQuery,
    body_of,
    image_filter,
    image_selection,
    query_of,
)
from images.api.responses import ImageCountOut, ImagesChangedOut
from images.selectors.images import image_count
from platform_site.kit.rest.descriptions import documented
from platform_site.kit.rest.hot_reads import HotRequest, hot, json_response


@hot(
    OwnedView,
    documented(
        "images_count",
        tag=TAG,
        replies={200: ImageCountOut},
        refusals=(400,),
        parameters=[ImageFilterQuery],
    ),
)
def images_count(read: HotRequest) -> HttpResponse:
    """How many images a list with the same filters has."""
    narrowed = image_filter(query_of(ImageFilterQuery, read))
    return json_response(ImageCountOut(image_count(owner_id=owner_of(read), narrowed=narrowed)))


class ImageActions(OwnedView):
    """Many images of the person."""

    @documented(
        "images_act",
        tag=TAG,
        request=ImageActionIn,
        replies={200: ImagesChangedOut},
        refusals=(400, 409),
    )
    def post(self, request: Request) -> Response:
        """Trash, restore, delete or tag many images; 10,000 rows at most are written by one call.

        What the action does not apply to any more is left as it is. `skipped` counts what cannot
        be changed: `image_exists` (the same bytes are there again), `too_many_tags`.
        """
        given = body_of(ImageActionIn, request)
        words = {"names": given["tags"]} if "tags" in given else {}
        outcome = ACTIONS[given["action"]](
            owner_id=owner_of(request), selection=image_selection(given["selection"]), **words
        )
        return Response(changes_out(outcome))
