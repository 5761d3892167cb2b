"""Relaying an upload to images, and counting how it went."""

from gateway.clients.images import image_store
from gateway.clients.types import StoredUpload
from gateway.errors import Refused, UploadInterrupted
from gateway.metrics import UPLOADS
from gateway.uploads import UploadBody
from platform_site.kit.auth.tokens import Principal


def upload_store(*, principal: Principal, upload: UploadBody) -> StoredUpload:
    """Hand the bytes to images while they arrive.

    Raises `UploadInterrupted` when the client stops, and what `image_store` raises.
    """
    outcome = "unavailable"
    try:
        stored = image_store(
            principal=principal,
            body=upload,
            content_type=upload.content_type,
            content_length=upload.length,
        )
        outcome = "duplicate" if stored.duplicate else "stored"
    except UploadInterrupted:
        outcome = "interrupted"
        raise
    except Refused:
        outcome = "refused"
        raise
    finally:
        UPLOADS.labels(outcome).inc()
    return stored
