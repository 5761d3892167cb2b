"""The layers that every request of every role passes: health checks, identity, log, headers."""

import time
from collections.abc import Callable
from typing import Final, Protocol

import structlog
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from platform_site.kit import health
from platform_site.kit.telemetry import request_context
from platform_site.kit.telemetry.metrics import observe_request

log = structlog.get_logger("platform.request")

GetResponse = Callable[[HttpRequest], HttpResponseBase]
SERVER_ERROR: Final = 500
HEALTH_PATHS: Final = frozenset({"/livez", "/readyz", "/health", "/ready"})


class RequestContext:
    """Takes or makes the request id and the trace, and gives the id back to the caller."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Serve ``request`` under its id."""
        with request_context.bind(
            request.headers.get("X-Request-ID"), request.headers.get("traceparent")
        ) as request_id:
            response = self._get_response(request)
            response["X-Request-ID"] = request_id
            return response


class AccessLog:
    """Counts and logs each request once, by route template; no path, token or IP address."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Serve ``request``, then count and log the outcome."""
        started = time.perf_counter()
        with request_context.acting_for(lambda: _user_id(request)):
            response = self._get_response(request)
        seconds = time.perf_counter() - started
        match = request.resolver_match
        # The template and not the path: paths are endless, and a delivery's is its signature.
        route = f"/{match.route}" if match else "unrouted"
        method = request.method or ""
        status, failed = response.status_code, _is_failure(response)
        lost = _lost_part(response)
        observe_request(
            method=method,
            route=route,
            status=status,
            failed=failed,
            seconds=seconds,
            lost_part=lost,
        )
        level = log.error if failed else log.warning if lost else log.info
        level(
            "request",
            role=settings.ROLE,
            method=method,
            route=route,
            status=status,
            seconds=round(seconds, 6),
            user_id=_user_id(request),
        )
        return response


class HealthChecks:
    """Answers the probes before anything looks at the Host header, which a pod's IP fails."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Serve ``/livez`` and ``/readyz``, and two older names of theirs."""
        # Not logged and not counted: every few seconds, by Kubernetes and the proxy.
        if request.path in HEALTH_PATHS:
            live = request.path in {"/livez", "/health"}
            return health.livez(request) if live else health.readyz(request)
        return self._get_response(request)


class SecurityHeaders:
    """What every reply says to a browser, and how long it may keep it: not at all by default.

    A reply without content names no type and no length: a cache would take Django's defaults for
    those of what it holds (RFC 9110, sections 8.6 and 15.4.5).
    """

    WITHOUT_CONTENT = frozenset({204, 304})
    OF_CONTENT = ("Content-Type", "Content-Length")
    HEADERS = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "X-Frame-Options": "DENY",
        "Cache-Control": "no-store",
    }

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Serve ``request``; a header that the view set is kept."""
        response = self._get_response(request)
        if response.status_code in self.WITHOUT_CONTENT:
            for name in self.OF_CONTENT:
                response.headers.pop(name, None)
        for name, value in self.HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", settings.CONTENT_SECURITY_POLICY)
        if settings.HSTS_SECONDS:
            response.headers.setdefault(
                "Strict-Transport-Security", f"max-age={settings.HSTS_SECONDS}; includeSubDomains"
            )
        return response


class Refusal(Protocol):
    """What the log reads of ``response.problem``, which `platform_site.kit.rest` attaches.

    A protocol, so that telemetry stands below the wing that answers and does not import it.
    """

    is_failure: bool
    lost_part: str


def _is_failure(response: HttpResponseBase) -> bool:
    """Whether the objective of availability counts it. A 5xx that nobody meant always counts."""
    refusal: Refusal | None = getattr(response, "problem", None)
    if response.status_code < SERVER_ERROR:
        return False
    return refusal is None or (refusal.is_failure and not refusal.lost_part)


def _lost_part(response: HttpResponseBase) -> str:
    """The part whose loss ``response`` reports; empty when it reports none."""
    refusal: Refusal | None = getattr(response, "problem", None)
    return refusal.lost_part if refusal is not None else ""


def _user_id(request: HttpRequest) -> str | None:
    user = getattr(request, "principal", None) or getattr(request, "user", None)
    identity = getattr(user, "id", None)
    return str(identity) if identity else None
