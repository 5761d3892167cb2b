"""What auth says of an API key."""

from typing import Final
from urllib.parse import urlencode

from gateway.clients.service_tokens import service_token
from gateway.clients.types import ApiKeyAnswer
from gateway.clients.upstream_calls import UpstreamCall, call_send, document_as
from gateway.deadlines import READ_S
from gateway.errors import Refused
from platform_site.kit.upstream.http import UpstreamUnavailable

ROLE: Final = "auth"
EXCHANGE: Final = "/internal/v1/api-keys/exchange"
UNAUTHORIZED: Final = 401


def api_key_ask(*, raw: str, address: str) -> ApiKeyAnswer:
    """Ask what ``raw``, shown from ``address``, stands for.

    Raises `UpstreamUnavailable`, also when auth does not take our own credential: that is no
    fault of whoever has the key. It is asked once more with a new credential.
    """
    try:
        return _ask(raw, address)
    except Refused as refusal:
        if refusal.status != UNAUTHORIZED:
            raise UpstreamUnavailable(ROLE) from refusal
    try:
        return _ask(raw, address)
    except Refused as refusal:
        raise UpstreamUnavailable(ROLE) from refusal


def _ask(raw: str, address: str) -> ApiKeyAnswer:
    credential = service_token(ROLE)
    ours = credential.value()
    headers = {
        "X-Service-Authorization": f"Bearer {ours}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    form = urlencode({"key": raw, "address": address}).encode()
    try:
        reply = call_send(ROLE, UpstreamCall("POST", EXCHANGE, headers, form, READ_S))
    except Refused as refusal:
        if refusal.status == UNAUTHORIZED:
            credential.forget(ours)
        raise
    return document_as(ApiKeyAnswer, reply)
