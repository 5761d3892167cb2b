"""The published keys that verify tokens: a bundled set to start from, refreshed from a URL."""

import threading
import time
from collections.abc import Mapping
from typing import Any, Final

import jwt
import orjson
import structlog
import urllib3

log = structlog.get_logger(__name__)

REFRESH_S: Final = 300.0
COOL_DOWN_S: Final = 30.0
STALE_S: Final = 2 * REFRESH_S + COOL_DOWN_S
"""Two refreshes in a row have failed, and somebody has looked since."""
TIMEOUT: Final = urllib3.Timeout(total=2.0)


class KeySet:
    """Verifying keys by ``kid``. Never fails because the publisher is down: it keeps what it has.

    ``url`` empty means that the bundle is all there is. An unknown ``kid`` asks the publisher at
    most once in thirty seconds, so a stream of forged tokens cannot be turned against it.
    """

    def __init__(self, *, bundle: Mapping[str, Any], url: str = "") -> None:
        self._keys = keys_parsed(bundle)
        self._url = url
        self._http = urllib3.PoolManager(num_pools=1, maxsize=1, retries=False)
        self._lock = threading.Lock()
        self._fetched_at = float("-inf")
        self._taken_at = time.monotonic()
        self._document = bundle
        self.generation = 0

    def find(self, kid: str) -> jwt.PyJWK | None:
        """The key named ``kid``; ``None`` when nobody published it."""
        self.keep_fresh()
        if kid not in self._keys and time.monotonic() - self._fetched_at > COOL_DOWN_S:
            self._refresh()
        return self._keys.get(kid)

    def is_fresh(self) -> bool:
        """Whether a key that the publisher has begun to sign with would be known here soon."""
        self.keep_fresh()
        return not self._url or time.monotonic() - self._taken_at <= STALE_S

    def keep_fresh(self) -> None:
        """Ask the publisher when five minutes have passed; ``generation`` tells of news."""
        if time.monotonic() - self._fetched_at > REFRESH_S:
            self._refresh()

    def _refresh(self) -> None:
        # Whoever finds the lock taken goes on with the keys at hand: nobody waits for the
        # publisher.
        if not self._url or not self._lock.acquire(blocking=False):
            return
        try:
            # Before the request: a publisher that hangs must not be asked by each request in turn.
            self._fetched_at = time.monotonic()
            reply = self._http.request("GET", self._url, timeout=TIMEOUT)
            if reply.status != 200:  # noqa: PLR2004
                log.warning("keyset_refused", status=reply.status)
                return
            self._replace(orjson.loads(reply.data))
        except (urllib3.exceptions.HTTPError, ValueError, jwt.PyJWTError) as exc:
            log.warning("keyset_unavailable", reason=type(exc).__name__)
        finally:
            self._lock.release()

    def _replace(self, document: Any) -> None:
        """Take a published set. Raises ``ValueError`` on one that could verify nothing."""
        fresh = keys_parsed(document)
        # An empty set is a publisher that has lost its keys; to take it would sign everybody out.
        if not fresh:
            raise ValueError("A published set has at least one key.")
        self._keys = fresh
        self._taken_at = time.monotonic()
        if document != self._document:
            self._document = document
            self.generation += 1  # after the keys: who sees the number sees them too


def keys_parsed(document: Any) -> dict[str, jwt.PyJWK]:
    """The keys for ES256 in a JSON Web Key Set, by ``kid``. Raises ``ValueError``, `PyJWTError`."""
    try:
        return {
            key["kid"]: jwt.PyJWK(key, algorithm="ES256")
            for key in document["keys"]
            # A set may hold keys for other algorithms, which say nothing against the ones we can
            # use.
            if key.get("kty") == "EC" and key.get("crv") == "P-256"
        }
    except (KeyError, TypeError, AttributeError) as exc:
        raise ValueError("This is not a JSON Web Key Set (RFC 7517).") from exc
