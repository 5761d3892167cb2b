"""Bytes by signed address: a plain view, since this is the path that is taken most."""

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
from django.utils.http import content_disposition_header
from django.views.decorators.csrf import csrf_exempt

from images import metrics, planning, storage
from images.addresses import ORIGINAL
from images.api.conditions import is_unchanged
from images.delivery import Address, address_verified
from images.errors import ImageNotFound, RenditionNotFound
from images.selectors.delivery import (
    Deliverable,
    original_deliverable,
    rendition_deliverable,
)
from platform_site.kit.bounded import Bound
from platform_site.kit.problems import DomainError, problem_response

log = structlog.get_logger(__name__)

CHUNK_BYTES: Final = 64 * 1024
DELIVERIES: Final = Bound(
    "deliveries", limit=lambda: settings.DELIVERIES_AT_ONCE, wait_s=1.0, waiting=4
)
"""Sent by the role itself, each of which holds a thread for as long as its reader is slow."""
METHODS: Final = ("GET", "HEAD")
RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


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
def delivery(request: HttpRequest, rest: str) -> HttpResponseBase:
    """The bytes that the address names.

    403 when it was not made here, 410 when it has expired; both are known before anything is
    read. 503 while a rendition is made, 404 when there is none.
    """
    try:
        if request.method not in METHODS:
            raise MethodNotAllowed(headers={"Allow": ", ".join(METHODS)})
        address = address_verified(rest, keys=settings.DELIVERY_KEYS, now_s=time.time())
        response = _answer(request, address, _deliverable(address))
    except DomainError as exc:
        response = problem_response(exc, request)
        response.headers["Cache-Control"] = "no-store"
    metrics.DELIVERIES_TOTAL.labels(response.status_code).inc()
    return response


def _deliverable(address: Address) -> Deliverable:
    image_name, _, extension = address.name.rpartition(".")
    try:
        image_id = UUID(image_name)
    except ValueError as exc:
        raise ImageNotFound from exc
    if address.spec == ORIGINAL:
        return original_deliverable(image_id=image_id)
    text = planning.spec_text_of_address(address.spec, extension)
    return rendition_deliverable(image_id=image_id, spec=text)


def _answer(request: HttpRequest, address: Address, found: Deliverable) -> HttpResponseBase:
    headers = _headers(address, found)
    if is_unchanged(request, headers["ETag"]):
        return HttpResponse(status=304, headers=headers)
    span = span_of(request.META, size=found.bytes, etag=headers["ETag"])
    if settings.DELIVERY_ACCEL and request.method == "GET":
        return _handed_over(found, span, headers)
    headers["Content-Length"] = str(span.length)
    if span.is_part:
        last = span.start + span.length - 1
        headers["Content-Range"] = f"bytes {span.start}-{last}/{found.bytes}"
    status = 206 if span.is_part else 200
    if request.method == "HEAD":
        return HttpResponse(status=status, content_type=found.mime, headers=headers)
    return _streamed(found, span, status, headers)


def _handed_over(found: Deliverable, span: Span, headers: dict[str, str]) -> HttpResponse:
    """Say to the proxy in front where the bytes are; it brings them under ``headers``.

    The proxy catches the status (see frontend/nginx); no caller ever sees it.
    """
    headers["X-Accel-Redirect"] = storage.object_location(found.storage_key)
    if span.is_part:
        headers["X-Accel-Range"] = f"bytes={span.start}-{span.start + span.length - 1}"
    return HttpResponse(status=307, content_type=found.mime, headers=headers)


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


def _headers(address: Address, found: Deliverable) -> dict[str, str]:
    max_age_s = max(0, address.expires_at - int(time.time()))
    headers = {
        "ETag": f'"{found.checksum}"',
        "Accept-Ranges": "bytes",
        "Cache-Control": f"private, max-age={max_age_s}, immutable",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if found.filename is not None:
        disposition = content_disposition_header(as_attachment=True, filename=found.filename)
        headers["Content-Disposition"] = disposition or "attachment"
    return headers


def span_of(meta: dict[str, str], *, size: int, etag: str) -> Span:
    """What ``Range`` asks of a file of ``size`` bytes (RFC 9110, section 14).

    The whole file when the header is absent, not understood, lists several ranges, or when
    ``If-Range`` names another version. Raises `RangeNotSatisfiable`.
    """
    whole = Span(0, size, is_part=False)
    match = RANGE.fullmatch(meta.get("HTTP_RANGE", "").replace(" ", ""))
    if match is None or not any(match.groups()) or meta.get("HTTP_IF_RANGE", etag) != etag:
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
