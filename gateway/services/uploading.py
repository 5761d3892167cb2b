"""Relaying an upload to images, and counting how it went."""

from typing import Final

from gateway.clients.images import answer_of
from gateway.clients.upstream_calls import UpstreamCall
from gateway.errors import Refused, UploadInterrupted
from gateway.metrics import UPLOADS
from gateway.permissions import Caller
from gateway.relay import UPLOAD
from gateway.uploads import UploadBody
from platform_site.kit.upstream.replies import Reply

HELD_ALREADY: Final = 200
"""The status by which images says that it had these bytes."""


def upload_store(caller: Caller, upload: UploadBody) -> Reply:
    """Hand the bytes to images while they arrive, and return what it answers.

    Raises `UploadInterrupted` when the client stops, and what `answer_of` raises.
    """
    headers = {"Content-Type": upload.content_type, "Content-Length": str(upload.length)}
    call = UpstreamCall("POST", UPLOAD.upstream_path({}), headers, upload, UPLOAD.deadline_s)
    outcome = "unavailable"
    try:
        reply = answer_of(call, caller=caller)
        outcome = "duplicate" if reply.status == HELD_ALREADY else "stored"
    except UploadInterrupted:
        outcome = "interrupted"
        raise
    except Refused:
        outcome = "refused"
        raise
    finally:
        UPLOADS.labels(outcome).inc()
    return reply
