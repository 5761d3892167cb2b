"""``python -m tests.browser.seeding``: rows of a large library, put straight into the database.

Reads ``SEED_IMAGE`` (the id of an image whose files all the others share) and ``SEED_COUNT``, and
runs with the settings of the platform that the rows are for.
"""

import os
from datetime import timedelta
from uuid import UUID

import django

BATCH = 1000


def main() -> None:
    """Copy the image as often as asked; each copy is a minute older than the one before."""
    django.setup()
    from images.models import Image, Rendition  # noqa: PLC0415 - models exist after setup

    image = Image.objects.get(id=UUID(os.environ["SEED_IMAGE"]))
    renditions = list(image.renditions.filter(preset="thumb", format="webp"))
    copies, pictures = [], []
    for number in range(1, int(os.environ["SEED_COUNT"]) + 1):
        copy = Image(**_fields(image), title=f"Image {number}", sha256=f"{number:064x}")
        copy.created_at = image.created_at - timedelta(minutes=number)
        copies.append(copy)
        pictures += [Rendition(**_fields(one), image=copy) for one in renditions]
    Image.objects.bulk_create(copies, batch_size=BATCH)
    Rendition.objects.bulk_create(pictures, batch_size=BATCH)


def _fields(row: object) -> dict[str, object]:
    """What a copy takes over: everything but what makes it another row."""
    own = {"_state", "id", "title", "sha256", "image_id", "created_at", "_prefetched_objects_cache"}
    return {name: value for name, value in vars(row).items() if name not in own}


if __name__ == "__main__":
    main()
