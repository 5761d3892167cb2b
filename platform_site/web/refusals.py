"""What a role says, before any view, to a request that cannot be read: problem documents, too."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

import orjson
from gunicorn.http import errors

from platform_site.kit.bounded import Busy
from platform_site.kit.rest.problems import (
    CONTENT_TYPE,
    SERVER_ERROR,
    DomainError,
    problem_document,
    refusal,
)
from platform_site.kit.telemetry import request_context
from platform_site.kit.telemetry.metrics import observe_request


def request_timeout() -> DomainError:
    """It came too slowly."""
    return refusal(408, "request_timeout", "The request took too long to arrive")


def busy() -> DomainError:
    """Its turn did not come."""
    return Busy(retry_after_s=1)


def length_required() -> DomainError:
    """A body without a length cannot be weighed before it is taken."""
    return refusal(411, "length_required", "The length of the body must be announced")


def uri_too_long() -> DomainError:
    """The request line is longer than any URL here."""
    return refusal(414, "uri_too_long", "The URL is too long")


def headers_too_large() -> DomainError:
    """More or longer headers than are read."""
    return refusal(431, "headers_too_large", "The headers are too long or too many")


def coding_not_taken() -> DomainError:
    """Bodies come plain or in chunks."""
    return refusal(501, "not_implemented", "This transfer coding is not taken")


def expectation_failed() -> DomainError:
    """Only 100-continue is known."""
    return refusal(417, "expectation_failed", "This expectation cannot be met")


def bad_request() -> DomainError:
    """It is not HTTP as anybody here reads it."""
    return refusal(400, "bad_request", "The request cannot be served")


OURS: Final = (
    errors.InvalidResponseHeader,
    errors.InvalidResponseHeaderName,
    errors.ConfigurationProblem,
)
REFUSALS: Final[tuple[tuple[type[Exception], Callable[[], DomainError]], ...]] = (
    (errors.LimitRequestLine, uri_too_long),
    (errors.LimitRequestHeaders, headers_too_large),
    (errors.UnsupportedTransferCoding, coding_not_taken),
    (errors.ExpectationFailed, expectation_failed),
    (errors.ParseException, bad_request),
)


def of(exc: BaseException) -> DomainError | None:
    """The refusal that ``exc`` stands for; ``None`` when it is a fault of ours."""
    if isinstance(exc, DomainError):
        return exc
    if isinstance(exc, OURS):
        return None
    return next((refuse() for kind, refuse in REFUSALS if isinstance(exc, kind)), None)


HEADERS: Final = (
    ("Connection", "close"),
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
)


def answer(error: DomainError) -> bytes:
    """The whole response as bytes, after which the connection ends."""
    headers, body = described(error)
    lines = [f"HTTP/1.1 {reason(error)}", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*lines, "", ""]).encode() + body


def reason(error: DomainError) -> str:
    """The status of ``error`` and what it is called."""
    return f"{error.status} {HTTPStatus(error.status).phrase}"


def described(error: DomainError) -> tuple[list[tuple[str, str]], bytes]:
    """Headers and body of a response, which is counted as one without route."""
    with request_context.bind(None) as request_id:
        body = orjson.dumps(problem_document(error, instance="."))
    failed = error.status >= SERVER_ERROR and error.is_failure
    observe_request(method="", route="unrouted", status=error.status, failed=failed, seconds=0.0)
    own = {"X-Request-ID": request_id, "Content-Type": CONTENT_TYPE}
    length = ("Content-Length", str(len(body)))
    return [*HEADERS, *error.headers.items(), *own.items(), length], body
