"""API keys as bearers: exchanged at auth for a token, which is kept in this process for a moment.

A key stands in memory by its SHA-256 alone. One that is known goes on for some minutes without
auth; its end is on the deny list, as that of a session, and so is seen within a second.
"""

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from django.http import HttpRequest

from gateway.clients.api_keys import api_key_ask
from gateway.clients.types import ApiKeyAnswer
from gateway.errors import AddressNotAllowed, ApiKeyInvalid, UpstreamFailed
from gateway.metrics import API_KEYS
from gateway.permissions import ROLE
from platform_site.kit.auth.api_keys import PREFIX, is_allowed_from, is_api_key
from platform_site.kit.auth.authentication import live_principal
from platform_site.kit.auth.bearers import BearerKind, bearer_register
from platform_site.kit.auth.tokens import Principal, TokenInvalid
from platform_site.kit.rest.rate_limits import (
    RateLimited,
    client_address,
    network_of,
    rate_limit,
)
from platform_site.kit.upstream.http import UpstreamUnavailable

if TYPE_CHECKING:
    from rest_framework.request import Request

RENEW_S: Final = 60.0
"""How old a token may be that serves while auth can be asked."""
AGAIN_S: Final = 5.0
"""How long a renewal that failed is not repeated."""
REFUSED_S: Final = 10.0
"""How long a no is remembered: a key may be shown a moment before it is made."""
ENTRIES: Final = 10_000
LOCKS: Final = 64
NETWORKS: Final = 64
UNKNOWN_A_MINUTE: Final = 120
"""Keys that this process does not know from one network; auth is asked about no more."""

Ask = Callable[..., ApiKeyAnswer]
Value = TypeVar("Value")


@dataclass(slots=True, repr=False)
class HeldKey:
    """A key that auth knows: its token, and monotonic times."""

    token: str
    allowed: tuple[str, ...]
    renew_at: float
    ends_at: float
    networks: set[str]
    """Where it has come from; auth is told of each."""


class KeyMemory:
    """The keys that this process was shown, and what auth said of them.

    One thread asks about a key and the others wait for its answer. Both memories are bounded.
    """

    def __init__(
        self, *, ask: Ask = api_key_ask, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._ask = ask
        self._clock = clock
        self._held: dict[bytes, HeldKey] = {}
        self._refused: dict[bytes, float] = {}
        self._locks = [threading.Lock() for _ in range(LOCKS)]

    def key(self, raw: str, *, address: str) -> HeldKey:
        """What is known of ``raw``, which comes from ``address``.

        Raises `ApiKeyInvalid`, `RateLimited` for too many unknown keys, and `UpstreamUnavailable`
        for an unknown one while auth gives no answer.
        """
        digest = hashlib.sha256(raw.encode()).digest()
        network = network_of(address)
        held = self._served(digest, network)
        if held is not None:
            return held
        with self._locks[digest[0] % LOCKS]:
            # Answered while this thread waited?
            return self._served(digest, network) or self._asked(digest, raw, address, network)

    def end(self, raw: str) -> None:
        """Ask about ``raw`` anew at its next use: its token is taken no more."""
        self._held.pop(hashlib.sha256(raw.encode()).digest(), None)

    def forget(self) -> None:
        """Know nothing."""
        self._held.clear()
        self._refused.clear()

    def _served(self, digest: bytes, network: str) -> HeldKey | None:
        now = self._clock()
        if self._refused.get(digest, 0.0) > now:
            raise ApiKeyInvalid
        held = self._held.get(digest)
        if held is None or now >= held.renew_at:
            return None
        return held if network in held.networks or len(held.networks) >= NETWORKS else None

    def _asked(self, digest: bytes, raw: str, address: str, network: str) -> HeldKey:
        now = self._clock()
        held = self._held.get(digest)
        if held is None:
            _count_unknown(network)
        try:
            answer = self._ask(raw=raw, address=address)
        except (UpstreamUnavailable, UpstreamFailed) as exc:
            if held is None or now >= held.ends_at:
                raise UpstreamUnavailable("auth") from exc
            held.renew_at = min(now + AGAIN_S, held.ends_at)
            held.networks.add(network)
            return held
        if not answer.active:
            self._held.pop(digest, None)
            _put(self._refused, digest, now + REFUSED_S)
            raise ApiKeyInvalid
        held = HeldKey(
            answer.token,
            tuple(answer.addresses),
            now + min(RENEW_S, answer.expires_in),
            now + answer.expires_in,
            {network} | (held.networks if held else set()),
        )
        _put(self._held, digest, held)
        return held


def _put(memory: dict[bytes, Value], digest: bytes, value: Value) -> None:
    # All at once, as the verifier of tokens does it: the oldest would have to be looked for.
    if digest not in memory and len(memory) >= ENTRIES:
        memory.clear()
    memory[digest] = value


def _count_unknown(network: str) -> None:
    """Raise `RateLimited` when ``network`` has shown too many keys that are not known here."""
    rate_limit("api_keys_unknown", network, limit=UNKNOWN_A_MINUTE, window_s=60).require()


memory: Final = KeyMemory()


def register() -> None:
    """Have every view of the gateway take API keys."""
    bearer_register(ROLE, BearerKind(PREFIX, principal_of_key))


def principal_of_key(raw: str, request: "Request") -> Principal:
    """The principal of the key ``raw``. Raises its refusals."""
    try:
        principal = _principal(raw, request)
    except (ApiKeyInvalid, AddressNotAllowed, RateLimited, UpstreamUnavailable) as refusal:
        API_KEYS.labels(_OUTCOMES[type(refusal)]).inc()
        raise
    API_KEYS.labels("taken").inc()
    return principal


_OUTCOMES: Final = {
    ApiKeyInvalid: "refused",
    AddressNotAllowed: "elsewhere",
    RateLimited: "limited",
    UpstreamUnavailable: "unavailable",
}


def _principal(raw: str, request: "Request") -> Principal:
    if not is_api_key(raw):
        raise ApiKeyInvalid("Its checksum is wrong: it was mistyped or cut.")
    http: HttpRequest = getattr(request, "http", None) or request._request  # noqa: SLF001
    address = client_address(http)
    held = memory.key(raw, address=address)
    if not is_allowed_from(address, held.allowed):
        raise AddressNotAllowed
    try:
        return live_principal(held.token, audience=ROLE, method=request.method or "GET")
    except TokenInvalid as exc:
        memory.end(raw)
        raise ApiKeyInvalid from exc
