"""The signed paths under which bytes are delivered; steady for an hour, and without an origin."""

import time
from typing import Final

from django.conf import settings

from images.models import Image, Rendition
from images.renditions import FORMATS
from images.url_signing import expiry_after, path_signed

ORIGINAL: Final = "original"


def urls_end_at() -> int:
    """The Unix second at which URLs made now end; the same for an hour."""
    return expiry_after(now_s=time.time(), lifetime_s=settings.DELIVERY_URL_LIFETIME_S)


def original_path(image: Image) -> str:
    """Where the owner's own bytes are."""
    return _path(ORIGINAL, image.id, FORMATS[image.format].extension)


def rendition_path(rendition: Rendition) -> str:
    """Where a rendition is, by its preset where it has one."""
    operations, _, extension = rendition.spec.rpartition(".")
    return _path(rendition.preset or operations, rendition.image_id, extension)


def _path(spec: str, image_id: object, extension: str) -> str:
    return path_signed(
        keys=settings.DELIVERY_KEYS,
        spec=spec,
        name=f"{image_id}.{extension}",
        expires_at=urls_end_at(),
    )
