"""One request to the receiver of the audit, signed as Standard Webhooks 1.0.0 say.

By the kit's own connections: one deadline, a bound on the answer, and no redirect is followed, so
nothing is sent anywhere but where the operator said.
"""

import base64
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from platform_site.kit.upstream.connections import KeptConnection, Origin
from platform_site.kit.upstream.replies import Reply
from platform_site.kit.upstream.requests import request_head

CALL_S: Final = 15.0
CONNECT_S: Final = 5.0
ANSWER_BYTES_MAX: Final = 64 * 1024


def webhook_headers(webhook_id: str, body: bytes, *, at: datetime) -> dict[str, str]:
    """What a receiver verifies ``body`` by: one signature for each secret that is good.

    ``webhook_id`` is the same however often this is sent, and has no full stop in it.
    """
    timestamp = str(int(at.timestamp()))
    signed = b".".join([webhook_id.encode(), timestamp.encode(), body])
    digests = [hmac.digest(key, signed, "sha256") for key in settings.AUDIT_WEBHOOK_SECRETS]
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{base64.b64encode(one).decode()}" for one in digests),
    }


def webhook_send(body: bytes, headers: Mapping[str, str]) -> Reply:
    """The answer of ``AUDIT_WEBHOOK_URL`` to ``body``, JSON. Raises ``OSError`` without one."""
    url = settings.AUDIT_WEBHOOK_URL
    origin, parts = Origin.of(url), urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    sent = {"Content-Type": "application/json", "Connection": "close", **headers}
    head = request_head("POST", path, host=origin.header, headers=sent, body=body)
    made = origin.connect(within_s=CONNECT_S, longest_s=CONNECT_S)
    connection = KeptConnection(made, reply_bytes_max=ANSWER_BYTES_MAX)
    try:
        return connection.exchange("POST", head, body, timeout_s=CALL_S)
    finally:
        connection.close()
