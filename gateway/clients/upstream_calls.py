"""One call to another role: an answer is returned, a "no" is raised, and so is "no answer"."""

import time
from collections.abc import Mapping
from typing import Any, Final

from gateway.deadlines import deadline_s
from gateway.errors import Refused, UpstreamFailed
from gateway.metrics import UPSTREAM_SECONDS
from platform_site.kit.database import DatabaseUnavailable
from platform_site.kit.rest.problems import CONTENT_TYPE, DomainError, FieldError
from platform_site.kit.upstream.http import Reply, SupportsRead, UpstreamUnavailable, upstream

RELAYED_HEADERS: Final = ("Retry-After", "WWW-Authenticate")
NO_ANSWER: Final = frozenset({502, 503, 504})


def call(
    role: str,
    method: str,
    path: str,
    *,
    headers: Mapping[str, str],
    body: bytes | SupportsRead | None = None,
    timeout_s: float | None = None,
) -> Reply:
    """What ``role`` answers below 400 (304 included), in the time that such a call may take.

    Raises `Refused` for its refusals, `UpstreamFailed` when it broke, and the kit's
    `UpstreamUnavailable` when there is no answer.
    """
    started = time.perf_counter()
    outcome = "failed"
    try:
        reply = upstream(role).request(
            method,
            path,
            headers=headers,
            body=body,
            timeout_s=deadline_s(method) if timeout_s is None else timeout_s,
        )
        if reply.status >= 400:  # noqa: PLR2004 - where refusals begin in HTTP
            raise refusal_of(reply, role=role)
        outcome = "ok"
    except UpstreamUnavailable:
        outcome = "unavailable"
        raise
    except Refused:
        outcome = "refused"
        raise
    finally:
        UPSTREAM_SECONDS.labels(role, outcome).observe(time.perf_counter() - started)
    return reply


def refusal_of(reply: Reply, *, role: str) -> DomainError:
    """The error that ``reply`` stands for.

    A problem document is that role's own word. Without one a 502, 503 or 504 comes from
    something in between, so there was no answer.
    """
    headers = {name: reply.headers[name] for name in RELAYED_HEADERS if name in reply.headers}
    document = _problem(reply)
    if document is None and reply.status in NO_ANSWER:
        return UpstreamUnavailable(role)
    if document is None or reply.status == 500:  # noqa: PLR2004
        return UpstreamFailed(f"{role} failed with status {reply.status}.")
    code = str(document.get("code", "refused"))
    return Refused(
        status=reply.status,
        code=code,
        lost_part=DatabaseUnavailable.lost_part if code == DatabaseUnavailable.code else "",
        title=str(document.get("title", "The request was refused")),
        detail=str(document.get("detail", "")),
        errors=_errors(document.get("errors")),
        errors_omitted=_count(document.get("errors_omitted")) or 0,
        count=_count(document.get("count")),
        headers=headers,
    )


def document_of(reply: Reply) -> Any:
    """The JSON body. Raises `UpstreamFailed` when it is none."""
    try:
        return reply.json()
    except ValueError as exc:
        raise UpstreamFailed("The answer is not JSON.") from exc


def _problem(reply: Reply) -> Mapping[str, Any] | None:
    if not reply.headers.get("Content-Type", "").startswith(CONTENT_TYPE):
        return None
    try:
        document = reply.json()
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def _errors(items: object) -> tuple[FieldError, ...]:
    if not isinstance(items, list):
        return ()
    return tuple(
        FieldError(str(item.get("pointer")), str(item.get("code")), str(item.get("detail")))
        for item in items
        if isinstance(item, dict)
    )


def _count(number: object) -> int | None:
    return number if isinstance(number, int) else None
