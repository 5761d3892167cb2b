"""One call to another role: an answer is returned, a "no" is raised, and so is "no answer"."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, TypeVar

from prometheus_client import Histogram
from rest_framework_dataclasses.serializers import DataclassSerializer

from gateway.deadlines import deadline_s
from gateway.errors import Refused, UpstreamFailed
from gateway.metrics import UPSTREAM_SECONDS
from platform_site.kit.database import DatabaseUnavailable
from platform_site.kit.rest.problems import CONTENT_TYPE, DomainError, FieldError
from platform_site.kit.upstream.http import UpstreamUnavailable, upstream
from platform_site.kit.upstream.replies import Reply
from platform_site.kit.upstream.requests import Body, is_stream

REFUSAL_HEADERS: Final = ("Retry-After", "WWW-Authenticate")
NO_ANSWER: Final = frozenset({502, 503, 504})
WITHOUT_CONTENT: Final = frozenset({204, 304})
JSON: Final = "application/json"

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class UpstreamCall:
    """What is sent to another role. ``timeout_s`` is what its method may take where it is 0."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Body = None
    timeout_s: float = 0

    def under(self, headers: Mapping[str, str]) -> "UpstreamCall":
        """The same call with ``headers`` in place of its own."""
        return UpstreamCall(self.method, self.path, headers, self.body, self.timeout_s)

    @property
    def is_repeatable(self) -> bool:
        """A stream has been read by the time that the answer comes."""
        return not is_stream(self.body)


def call_send(role: str, call: UpstreamCall) -> Reply:
    """What ``role`` answers below 400 (304 included), in the time that the call may take.

    Raises `Refused` for its refusals, `UpstreamFailed` when it broke, and the kit's
    `UpstreamUnavailable` when there is no answer.
    """
    started = time.perf_counter()
    outcome = "failed"
    try:
        reply = upstream(role).request(
            call.method,
            call.path,
            headers=call.headers,
            body=call.body,
            timeout_s=call.timeout_s or deadline_s(call.method),
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
        _timed(role, outcome).observe(time.perf_counter() - started)
    return reply


@cache
def _timed(role: str, outcome: str) -> Histogram:
    """The series of the few roles and outcomes there are."""
    return UPSTREAM_SECONDS.labels(role, outcome)


def refusal_of(reply: Reply, *, role: str) -> DomainError:
    """The error that ``reply`` stands for.

    A problem document is that role's own word. Without one a 502, 503 or 504 comes from
    something in between, so there was no answer.
    """
    headers = {name: reply.headers[name] for name in REFUSAL_HEADERS if name in reply.headers}
    document = _problem(reply)
    # An Ingress or a mesh answers for a role that is gone, with a page of its own.
    if document is None and reply.status in NO_ANSWER:
        return UpstreamUnavailable(role)
    if document is None or reply.status == 500:  # noqa: PLR2004
        return UpstreamFailed(f"{role} failed with status {reply.status}.")
    code = str(document.get("code", "refused"))
    return Refused(
        status=reply.status,
        code=code,
        # So that the log here counts the same lost part as the log there.
        lost_part=DatabaseUnavailable.lost_part if code == DatabaseUnavailable.code else "",
        title=str(document.get("title", "The request was refused")),
        detail=str(document.get("detail", "")),
        errors=_errors(document.get("errors")),
        errors_omitted=_count(document.get("errors_omitted")) or 0,
        count=_count(document.get("count")),
        headers=headers,
    )


def content_check(reply: Reply) -> None:
    """Raises `UpstreamFailed` unless ``reply`` is JSON, or has a status that goes without content.

    A redirection is none of the API's, and would name an address that only the roles can reach.
    """
    if reply.status in WITHOUT_CONTENT:
        return
    # By type alone: reading the body is what relaying bytes saves.
    kind = reply.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != JSON or not reply.body or reply.status >= 300:  # noqa: PLR2004
        raise UpstreamFailed(f"The answer has status {reply.status} and is not JSON.")


def object_of(reply: Reply) -> bytes:
    """The body, which is a JSON object by its type and its ends. Raises `UpstreamFailed`."""
    content_check(reply)
    body = reply.body.strip()
    if not (body.startswith(b"{") and body.endswith(b"}")):
        raise UpstreamFailed("The answer is not an object.")
    return body


def document_of(reply: Reply) -> Any:
    """The JSON body. Raises `UpstreamFailed` when it is none."""
    content_check(reply)
    try:
        return reply.json()
    except ValueError as exc:
        raise UpstreamFailed("The answer is not JSON.") from exc


def document_as(kind: type[Read], reply: Reply) -> Read:
    """What the dataclass ``kind`` has of the JSON body, whatever else there is.

    Raises `UpstreamFailed` when a field is missing or of another type.
    """
    serializer: DataclassSerializer[Any] = DataclassSerializer(
        dataclass=kind, data=document_of(reply)
    )
    if not serializer.is_valid():
        raise UpstreamFailed(f"The answer is not a {kind.__name__}.")
    read: Read = serializer.save()
    return read


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
