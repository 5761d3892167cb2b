"""Rows of images without their files, for what looks at rows alone."""

from typing import Any

from images.models import Image
from tests.images.people import Person


def image_rows(person: Person, *names: str, **fields: Any) -> list[Image]:
    """Rows of images, the first name the oldest; each name stands for other bytes."""
    return [
        Image.objects.create(
            owner_id=person.id,
            **{
                "filename": f"{name}.jpg",
                "format": "jpeg",
                "mime": "image/jpeg",
                "width": 4,
                "height": 3,
                "bytes": 100,
                "sha256": f"{name:0>64}",
                "storage_key": f"originals/{name}",
                "state": Image.State.READY,
                **fields,
            },
        )
        for name in names
    ]
