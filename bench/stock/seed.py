"""Makes the tables, the account and the image that the documents on standard input describe."""

import json
import sys
from typing import Any

import django


def seed(profile: dict[str, Any], image: dict[str, Any], password: str) -> None:
    """Store what the platform knows of one account and one image."""
    from django.contrib.auth.models import User  # noqa: PLC0415 - after the set-up
    from django.core.management import call_command  # noqa: PLC0415 - likewise

    from bench.stock.models import Photo, PhotoRendition  # noqa: PLC0415 - likewise

    call_command("migrate", verbosity=0)
    call_command("migrate", verbosity=0, run_syncdb=True)  # then ours, which refer to Django's
    user = User.objects.create_user(
        profile["email"], profile["email"], password, first_name=profile["name"]
    )
    renditions = image.pop("renditions")
    photo = Photo.objects.create(owner=user, **image)
    PhotoRendition.objects.bulk_create(
        [PhotoRendition(photo=photo, **rendition) for rendition in renditions]
    )


if __name__ == "__main__":
    django.setup()
    seed(**json.load(sys.stdin))
