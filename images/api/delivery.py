"""Bytes by signed URL: a plain view, since this is the path that is taken most."""

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, BinaryIO, Final
from uuid import UUID

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header, http_date, parse_http_date_safe
from django.views.decorators.csrf import csrf_exempt

from images import metrics, storage
from images.api.conditions import is_unchanged
from images.delivery_urls import EXPORT, ORIGINAL
from images.errors import ImageNotFound, RenditionNotFound
from images.selectors.delivery import (
    Deliverable,
    export_deliverable,
    original_deliverable,
    rendition_deliverable,
)
from images.specs import text_of_url
from images.url_signing import SignedPath, path_verified
from platform_site.kit.bounded import Bound
from platform_site.kit.rest.problems import DomainError, problem_response

log = structlog.get_logger(__name__)

CHUNK_BYTES: Final = 64 * 1024
PRIVATE: Final = "private, no-store"
CACHED_BYTES: Final = 8_000_000
"""What is larger is brought from the store each time, and drives nothing out of nginx's cache."""
DELIVERIES: Final = Bound(
    "deliveries", limit=lambda: settings.DELIVERIES_AT_ONCE, wait_s=1.0, waiting=4
)
"""Sent by the role itself, each of which holds a thread for as long as its reader is slow."""
METHODS: Final = ("GET", "HEAD")
RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII | re.IGNORECASE)
ORIGIN: Final = re.compile(r"https?://[^/?#]*", re.IGNORECASE)
HELD_BY_THE_ROLE: Final = ("HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE")
"""Conditions on which nginx would refuse a file that it is handed, of which it knows no ETag."""
CONDITIONS: Final = (*HELD_BY_THE_ROLE, "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE")
ALWAYS: Final = {
    "Accept-Ranges": "bytes",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
"""What is said of any bytes."""


class RangeNotSatisfiable(DomainError):
    """The range begins where the file has ended."""

    status = 416
    code = "range_not_satisfiable"
    title = "The file does not have these bytes"


class MethodNotAllowed(DomainError):
    """Bytes are read here and not written."""

    status = 405
    code = "method_not_allowed"
    title = "This method is not allowed here"


@dataclass(frozen=True, slots=True)
class Span:
    """``length`` bytes from byte ``start``; ``is_part`` unless that is the whole file."""

    start: int
    length: int
    is_part: bool


@csrf_exempt  # it changes nothing, and says so itself to whoever tries
def deliver(request: HttpRequest, rest: str) -> HttpResponseBase:  # noqa: ARG001 - decoded
    """The bytes that the URL names.

    403 when it was not made here, 410 when it has expired; both are known before anything is
    read. 412 when it is not what ``If-Match`` insists on, 503 while a rendition is made, 404 when
    there is none.
    """
    try:
        if request.method not in METHODS:
            raise MethodNotAllowed(headers={"Allow": ", ".join(METHODS)})
        sent = target_as_sent(request).removeprefix("/i/")
        signed = path_verified(sent, keys=settings.DELIVERY_KEYS, now_s=time.time())
        response = _answer(request, signed, _deliverable(signed))
    except DomainError as exc:
        response = problem_response(exc, request)
        response.headers["Cache-Control"] = "no-store"
    metrics.DELIVERIES_TOTAL.labels(response.status_code).inc()
    return response


def _deliverable(signed: SignedPath) -> Deliverable:
    image_name, _, extension = signed.name.rpartition(".")
    try:
        image_id = UUID(image_name)
    except ValueError as exc:
        raise ImageNotFound from exc
    if signed.spec == EXPORT:
        return export_deliverable(export_id=image_id)
    if signed.spec == ORIGINAL:
        return original_deliverable(image_id=image_id)
    text = text_of_url(signed.spec, extension)
    return rendition_deliverable(image_id=image_id, spec=text)


def _answer(request: HttpRequest, signed: SignedPath, found: Deliverable) -> HttpResponseBase:
    headers = _headers(signed, found)
    modified_s = int(found.modified_at.timestamp())
    # Most requests have no condition, and Django's look at those costs as much as the rest of this.
    is_conditional = not request.META.keys().isdisjoint(CONDITIONS)
    if is_conditional and is_unchanged(request, etag=headers["ETag"], modified_s=modified_s):
        return HttpResponse(status=304, headers=headers)
    span = span_of(request.META, size=found.bytes, etag=headers["ETag"], modified_s=modified_s)
    if settings.DELIVERY_ACCEL and request.method == "GET" and not _is_held(request):
        return _handed_over(signed, found, span, headers)
    headers["Content-Length"] = str(span.length)
    if span.is_part:
        last = span.start + span.length - 1
        headers["Content-Range"] = f"bytes {span.start}-{last}/{found.bytes}"
    status = 206 if span.is_part else 200
    if request.method == "HEAD":
        return HttpResponse(status=status, content_type=found.mime, headers=headers)
    return _streamed(found, span, status, headers)


def target_as_sent(request: HttpRequest) -> str:
    """Path and query as the client wrote them, so that one picture has one URL.

    Percent signs decoded, another spelling of a path would pass for the one that was signed.
    """
    sent = request.META.get("RAW_URI") or request.META.get("REQUEST_URI")
    target = sent or request.get_full_path()
    return target if target.startswith("/") else ORIGIN.sub("", target, count=1)


def _is_held(request: HttpRequest) -> bool:
    return any(name in request.META for name in HELD_BY_THE_ROLE)


def _handed_over(
    signed: SignedPath, found: Deliverable, span: Span, headers: dict[str, str]
) -> HttpResponse:
    """Say to the proxy in front where the bytes are; it brings them under ``headers``.

    The proxy catches the status (see frontend/nginx); no caller ever sees it.
    """
    headers["X-Accel-Redirect"] = storage.object_location(found.storage_key)
    if span.is_part:
        headers["X-Accel-Range"] = f"bytes={span.start}-{span.start + span.length - 1}"
    elif found.is_shared and (
        kept := kept_until(
            size=found.bytes,
            expires_at=signed.expires_at,
            now_s=time.time(),
            most_s=settings.DELIVERY_CACHE_S,
        )
    ):
        headers["X-Accel-Expires"] = kept
    return HttpResponse(status=307, content_type=found.mime, headers=headers)


def kept_until(*, size: int, expires_at: int, now_s: float, most_s: int) -> str:
    """How long the proxy in front may give the bytes out without asking; empty = not at all.

    In whole seconds of which the last still counts, so one less. A URL that ends earlier ends there
    too, by the clock: what passes until the bytes are in the cache must not be added to it.

    >>> kept_until(size=9, expires_at=7200, now_s=3600.0, most_s=60)
    '59'
    >>> kept_until(size=9, expires_at=3630, now_s=3600.0, most_s=60)
    '@3629'
    """
    if most_s <= 1 or size > CACHED_BYTES:
        return ""
    return f"@{expires_at - 1}" if expires_at - now_s < most_s else str(most_s - 1)


def _streamed(
    found: Deliverable, span: Span, status: int, headers: dict[str, str]
) -> StreamingHttpResponse:
    length = span.length if span.is_part else None
    with ExitStack() as stack:
        stack.enter_context(DELIVERIES.hold())
        try:
            stream = storage.object_open(found.storage_key, start=span.start, length=length)
        except storage.ObjectMissing as exc:
            log.error("object_missing", key=found.storage_key)  # noqa: TRY400 - a fact, not a fault
            raise RenditionNotFound from exc
        stack.callback(stream.close)
        response = StreamingHttpResponse(
            _chunks(stream, span.length), status=status, content_type=found.mime, headers=headers
        )
        closers: list[Any] = response._resource_closers  # type: ignore[attr-defined]  # noqa: SLF001
        closers.append(stack.pop_all().close)
    return response


def _headers(signed: SignedPath, found: Deliverable) -> dict[str, str]:
    max_age_s = max(0, signed.expires_at - int(time.time()))
    headers = {
        "ETag": f'"{found.checksum}"',
        "Last-Modified": http_date(found.modified_at.timestamp()),
        "Cache-Control": f"private, max-age={max_age_s}, immutable" if found.is_shared else PRIVATE,
        **ALWAYS,
    }
    if found.filename is not None:
        disposition = content_disposition_header(as_attachment=True, filename=found.filename)
        headers["Content-Disposition"] = disposition or "attachment"
    return headers


def span_of(meta: dict[str, str], *, size: int, etag: str, modified_s: int) -> Span:
    """What ``Range`` asks of a file of ``size`` bytes (RFC 9110, section 14).

    The whole file when the header is absent, not understood, lists several ranges, or when
    ``If-Range`` names another version or another moment. Raises `RangeNotSatisfiable`.
    """
    whole = Span(0, size, is_part=False)
    if "HTTP_RANGE" not in meta:
        return whole
    match = RANGE.fullmatch(meta["HTTP_RANGE"].replace(" ", ""))
    same = meta.get("HTTP_IF_RANGE", etag)
    is_same = same == etag or parse_http_date_safe(same) == modified_s
    if match is None or not any(match.groups()) or not is_same:
        return whole
    first, last = match.groups()
    if not first:  # the last so many bytes
        length = min(int(last), size)
        start, end = size - length, size - 1
    else:
        start, end = int(first), min(int(last), size - 1) if last else size - 1
        if last and int(last) < int(first):
            return whole
    if start >= size or end < start:
        raise RangeNotSatisfiable(headers={"Content-Range": f"bytes */{size}"})
    return Span(start, end - start + 1, is_part=True)


def _chunks(stream: BinaryIO, length: int) -> Iterator[bytes]:
    while length > 0 and (chunk := stream.read(min(CHUNK_BYTES, length))):
        length -= len(chunk)
        yield chunk
