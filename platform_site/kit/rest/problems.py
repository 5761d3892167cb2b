"""Refusals as RFC 9457 problem documents, for views of every kind; knows nothing of DRF."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any, Final

import orjson
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from platform_site.kit.telemetry.request_context import current_request_id

CONTENT_TYPE: Final = "application/problem+json"
SERVER_ERROR: Final = 500
ERRORS_MAX: Final = 20
"""How many errors a problem names; the others are only counted."""
POINTER_MAX: Final = 200
"""Characters of a pointer: a client may invent a field name as long as its body."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with the body; ``pointer`` is a JSON pointer (RFC 6901): ``/email``."""

    pointer: str
    code: str
    detail: str


class DomainError(Exception):
    """A refusal with an answer of its own. Subclasses say which; ``code`` is the contract.

    A 5xx counts as a failure of the service, unless ``is_failure`` is false (waiting is part of the
    service there) or ``lost_part`` names the part without which it cannot be served: that is
    counted apart, since the part has an alert of its own.
    """

    status: int = 400
    code: str = "bad_request"
    title: str = "The request cannot be served"
    is_failure: bool = True
    lost_part: str = ""
    count: int | None = None
    """A member of its own (RFC 9457, section 3.2): how many items match now."""
    members: Mapping[str, Any] = MappingProxyType({})
    """Further members of its own, such as what the next request has to show."""
    errors_omitted: int = 0
    """How many errors another role found beyond those that it named."""

    def __init__(
        self,
        detail: str = "",
        *,
        errors: Sequence[FieldError] = (),
        retry_after_s: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        if retry_after_s is not None:
            # 0 would invite the client to a loop without a pause.
            self.headers["Retry-After"] = str(max(1, retry_after_s))


class PayloadTooLarge(DomainError):
    """The body is larger than what the route takes."""

    status = 413
    code = "payload_too_large"
    title = "The request body is too large"


class InvalidRequest(DomainError):
    """The body or a parameter does not have the form it must have."""

    status = 400
    code = "invalid"
    title = "The request is not valid"


class InternalError(DomainError):
    """Something broke on our side; the log has it under the request id."""

    status = 500
    code = "internal_error"
    title = "Something broke on our side"


def problem_document(error: DomainError, *, instance: str) -> dict[str, Any]:
    """The body of ``error``; ``instance`` is the path of the request.

    At most `ERRORS_MAX` errors are named; ``errors_omitted``, there only when there
    are more, counts those beyond.
    """
    named = error.errors[:ERRORS_MAX]
    omitted = error.errors_omitted + len(error.errors) - len(named)
    return {
        "type": f"urn:problem:{error.code}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "instance": instance,
        "code": error.code,
        "request_id": current_request_id(),
        "errors": [{**asdict(item), "pointer": item.pointer[:POINTER_MAX]} for item in named],
        **({"errors_omitted": omitted} if omitted else {}),
        **({"count": error.count} if error.count is not None else {}),
        **error.members,
    }


def problem_response(error: DomainError, request: HttpRequest) -> HttpResponse:
    """``error`` as the reply of a plain Django view."""
    body = orjson.dumps(problem_document(error, instance=request.path))
    response = HttpResponse(body, CONTENT_TYPE, error.status, headers=error.headers)
    problem_attach(response, error)
    return response


def problem_attach(response: HttpResponseBase, error: DomainError) -> None:
    """Let the log and the metrics know what ``response`` refuses, as the body is only for clients.

    Read by `platform_site.kit.telemetry.middleware`.
    """
    response.problem = error  # type: ignore[attr-defined]  # an attribute, as Django itself does it


def refusal(
    status: int,
    code: str,
    title: str,
    *,
    detail: str = "",
    headers: Mapping[str, str] | None = None,
) -> DomainError:
    """Make a refusal that needs no class of its own."""
    error = DomainError(detail, headers=headers)
    error.status, error.code, error.title = status, code, title
    return error
