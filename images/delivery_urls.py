"""The signed paths under which bytes are delivered; steady for an hour, and without an origin."""

import time
from typing import Final, NamedTuple
from uuid import UUID

from django.conf import settings

from images.renditions import FORMATS
from images.url_signing import expiry_after, path_signed_by

ORIGINAL: Final = "original"
EXPORT: Final = "export"
EXPORT_URL_S: Final = 3_600
"""How long the address of an archive is good, and up to an hour more; whoever reads it has all."""


class Signer(NamedTuple):
    """What signs URLs; those of equal signers are equal. ``ends_at`` is in Unix seconds."""

    key_id: str
    key: str
    ends_at: int

    def original_path(self, image_id: UUID | str, image_format: str) -> str:
        """Where the owner's own bytes are."""
        return self._path(ORIGINAL, image_id, FORMATS[image_format].extension)

    def rendition_path(self, image_id: UUID | str, *, spec: str, preset: str | None) -> str:
        """Where a rendition is, by its preset where it has one."""
        operations, _, extension = spec.rpartition(".")
        return self._path(preset or operations, image_id, extension)

    def export_path(self, export_id: UUID, *, ends_at: int) -> str:
        """Where an archive is, until ``ends_at`` at most."""
        soon = expiry_after(now_s=time.time(), lifetime_s=EXPORT_URL_S)
        name, until = f"{export_id}.zip", min(soon, ends_at)
        return path_signed_by(self.key_id, self.key, spec=EXPORT, name=name, expires_at=until)

    def _path(self, spec: str, image_id: UUID | str, extension: str) -> str:
        name = f"{image_id}.{extension}"
        return path_signed_by(self.key_id, self.key, spec=spec, name=name, expires_at=self.ends_at)


def signer_now() -> Signer:
    """The one of the hour, with the last of the keys."""
    key_id = next(reversed(settings.DELIVERY_KEYS))
    ends_at = expiry_after(now_s=time.time(), lifetime_s=settings.DELIVERY_URL_LIFETIME_S)
    return Signer(key_id, settings.DELIVERY_KEYS[key_id], ends_at)
