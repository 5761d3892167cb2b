"""What the audit has yet to take."""

from images.models import ImageAct


def acts_waiting(*, limit: int) -> list[ImageAct]:
    """Those that are oldest."""
    return list(ImageAct.objects.order_by("id")[:limit])
