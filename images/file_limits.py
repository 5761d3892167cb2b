"""What is read of a file, from the settings: the core reads none itself."""

from dataclasses import replace

from django.conf import settings

from images.models import Image
from images.renditions import Limits


def limits_of_files() -> Limits:
    """The limits for a file that arrives, and for what is made of one that is there."""
    return Limits(
        max_memory=settings.IMAGE_DECODE_MEMORY_MB * 1_000_000,
        max_side=settings.IMAGE_MAX_SIDE,
        refuse_incomplete=settings.IMAGE_REFUSE_INCOMPLETE,
    )


def limits_of_stored_file(image: Image) -> Limits:
    """As `limits_of_files`, for the original of ``image``.

    One that has been shown with pixels missing stays one that is shown, although such files are
    refused by now: what was taken is not taken away by a setting.
    """
    limits = limits_of_files()
    refused = limits.refuse_incomplete and image.complete is not False
    return replace(limits, refuse_incomplete=refused)
