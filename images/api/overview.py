"""What a first page shows of a person's images, in one answer: the gateway joins it with auth's."""

from typing import Final

import orjson
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema

from images.api.permissions import OwnedView, owner_of
from images.api.public_urls import origin_of
from images.api.representations import image_json, job_out, usage_out
from images.models import ACTIVE_STATES
from images.selectors.images import ImageFilter, images_paged
from images.selectors.jobs import jobs_paged
from images.selectors.usage import usage_of
from platform_site.kit.rest.hot_reads import HotRequest, hot, json_response

IMAGES: Final = 12
JOBS: Final = 20


@hot(OwnedView, extend_schema(exclude=True))
def overview_get(read: HotRequest) -> HttpResponse:
    """Usage, newest images and unfinished jobs, each as its own route publishes it."""
    owner_id, origin = owner_of(read), origin_of(read)
    images = images_paged(owner_id=owner_id, narrowed=ImageFilter(), limit=IMAGES, cursor=None)
    jobs = jobs_paged(
        owner_id=owner_id, image_id=None, states=ACTIVE_STATES, limit=JOBS, cursor=None
    )
    document = {
        "usage": usage_out(usage_of(owner_id=owner_id)),
        "images": [orjson.Fragment(image_json(row, origin=origin)) for row in images.items],
        "jobs": [job_out(job) for job in jobs.items],
    }
    return json_response(document)
