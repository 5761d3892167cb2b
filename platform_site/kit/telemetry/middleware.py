"""The one layer that every request of every role passes: probes, identity, log and headers.

One and not one for each of them: Django wraps each layer, and every request pays for that.
"""

import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Final, Protocol

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.handlers.exception import response_for_exception
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from platform_site.kit import health
from platform_site.kit.telemetry import request_context
from platform_site.kit.telemetry.logs import event_write
from platform_site.kit.telemetry.metrics import observe_request

log: Final = logging.getLogger("platform.request")

GetResponse = Callable[[HttpRequest], HttpResponseBase]
SERVER_ERROR: Final = 500
HEALTH_PATHS: Final = frozenset({"/livez", "/readyz", "/health", "/ready"})
LIVE_PATHS: Final = frozenset({"/livez", "/health"})
WITHOUT_CONTENT: Final = frozenset({204, 304})
HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
"""What every reply says to a browser, and how long it may keep it: not at all by default."""


class RequestLayer:
    """Serves each request under its id, counts and logs it once, and completes its headers.

    From the outside in: the probes, which nobody counts; the id and the trace, which each answer
    and each line of the log have; the headers; the check of the Host header. The log has the route
    template, and no path, token or IP address.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Serve ``request``, then count and log the outcome."""
        # Before anything looks at the Host header, which a pod's IP fails; every few seconds, by
        # Kubernetes and the proxy.
        if request.path in HEALTH_PATHS:
            live = request.path in LIVE_PATHS
            return health.livez(request) if live else health.readyz(request)
        meta = request.META  # `request.headers` would make a copy of all of them
        with (
            request_context.bind(
                meta.get("HTTP_X_REQUEST_ID"), meta.get("HTTP_TRACEPARENT")
            ) as request_id,
            request_context.acting_for(partial(_user_id, request), request),
        ):
            started = time.perf_counter()
            response = self._answer(request)
            _complete(response, request_id)
            _tell(request, response, time.perf_counter() - started)
        return response

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        try:
            request.get_host()
        except DisallowedHost as exc:
            return response_for_exception(request, exc)
        return self._get_response(request)


def _complete(response: HttpResponseBase, request_id: str) -> None:
    """Add what ``response`` lacks of the headers of every reply; what the view set is kept.

    A reply without content names no type and no length: a cache would take Django's defaults for
    those of what it holds (RFC 9110, sections 8.6 and 15.4.5).
    """
    # Django's own mapping of headers encodes both words of each again, to find what a fixed text
    # cannot hold; these go where that would have put them.
    held: dict[str, tuple[str, str]] = response.headers._store  # noqa: SLF001
    if response.status_code in WITHOUT_CONTENT:
        held.pop("content-type", None)
        held.pop("content-length", None)
    elif isinstance(response, HttpResponse) and "content-length" not in held:
        held["content-length"] = ("Content-Length", str(len(response.content)))
    held["x-request-id"] = ("X-Request-ID", request_id)
    for key, header in _FIXED:
        held.setdefault(key, header)
    policy = "Content-Security-Policy"
    held.setdefault("content-security-policy", (policy, settings.CONTENT_SECURITY_POLICY))
    if settings.HSTS_SECONDS:
        response.headers.setdefault(
            "Strict-Transport-Security", f"max-age={settings.HSTS_SECONDS}; includeSubDomains"
        )


_FIXED: Final = tuple((name.lower(), (name, value)) for name, value in HEADERS.items())


def _tell(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    """Count ``request`` and write its line."""
    match = request.resolver_match
    # The template and not the path: paths are endless, and a delivery's is its signature.
    route = f"/{match.route}" if match else "unrouted"
    method = request.method or ""
    status = response.status_code
    failed, lost = (False, "") if status < SERVER_ERROR else _outcome(response)
    observe_request(
        method=method, route=route, status=status, failed=failed, seconds=seconds, lost_part=lost
    )
    event_write(
        log,
        logging.ERROR if failed else logging.WARNING if lost else logging.INFO,
        "request",
        {
            "role": settings.ROLE,
            "method": method,
            "route": route,
            "status": status,
            "seconds": round(seconds, 6),
            "user_id": _user_id(request),
            **_key_id(request),
        },
    )


class Refusal(Protocol):
    """What the log reads of ``response.problem``, which `platform_site.kit.rest` attaches.

    A protocol, so that telemetry stands below the wing that answers and does not import it.
    """

    is_failure: bool
    lost_part: str


def _outcome(response: HttpResponseBase) -> tuple[bool, str]:
    """Of a 5xx, whether the objective of availability counts it, and the part that was lost.

    A 5xx that nobody meant always counts; one that a lost part explains never does.
    """
    refusal: Refusal | None = getattr(response, "problem", None)
    if refusal is None:
        return True, ""
    return refusal.is_failure and not refusal.lost_part, refusal.lost_part


def _user_id(request: HttpRequest) -> str | None:
    user = getattr(request, "principal", None) or getattr(request, "user", None)
    identity = getattr(user, "id", None)
    return str(identity) if identity else None


def _key_id(request: HttpRequest) -> dict[str, str]:
    """The API key that asked, where it was one; the key itself is never here."""
    found = getattr(getattr(request, "user", None), "key_id", None)
    return {"key_id": str(found)} if found else {}
