"""Turns every exception that says "no" into a problem document: DRF's handler and Django's."""

import sys
from collections.abc import Mapping
from typing import Any, Final

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponseBase, UnreadablePostError
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from platform_site.kit.database import DatabaseUnavailable, is_lost
from platform_site.kit.rest.problems import (
    CONTENT_TYPE,
    DomainError,
    FieldError,
    InternalError,
    InvalidRequest,
    PayloadTooLarge,
    problem_attach,
    problem_document,
    problem_response,
    refusal,
)


def exception_handler(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's handler: every known exception becomes a problem; an unknown one stays a 500."""
    error = as_domain_error(exc)
    if error is None:
        return None
    # As DRF does in its own handler, which this one replaces: it matters with ATOMIC_REQUESTS only.
    set_rollback()
    instance = context["request"].path
    response = Response(
        problem_document(error, instance=instance),
        status=error.status,
        headers=error.headers,
        content_type=CONTENT_TYPE,
    )
    problem_attach(response, error)
    return response


def as_domain_error(exc: BaseException) -> DomainError | None:
    """The refusal that ``exc`` stands for; ``None`` when it is a fault of ours."""
    match exc:
        case DomainError():
            error = exc
        case Http404():
            error = refusal(404, "not_found", "There is nothing here")
        case PermissionDenied():
            error = refusal(403, "permission_denied", "This is not allowed")
        case RequestDataTooBig():
            error = PayloadTooLarge(str(exc))
        case UnreadablePostError(__cause__=TimeoutError()):
            error = refusal(408, "request_timeout", "The request took too long to arrive")
        case UnreadablePostError() | SuspiciousOperation():
            error = refusal(400, "bad_request", "The request cannot be served")
        case exceptions.ValidationError():
            error = _validation_problem(exc)
        case exceptions.APIException():
            error = _from_drf(exc)
        case _ if is_lost(exc):
            error = DatabaseUnavailable(retry_after_s=1)
        case _:
            return None
    return error


CODES: Final[Mapping[type[exceptions.APIException], tuple[str, str]]] = {
    exceptions.ParseError: ("malformed_json", "The body is not what its type says"),
    exceptions.UnsupportedMediaType: ("unsupported_media_type", "This content type is not taken"),
    exceptions.MethodNotAllowed: ("method_not_allowed", "This method is not allowed here"),
    exceptions.NotAcceptable: ("not_acceptable", "None of the accepted types can be served"),
    exceptions.NotAuthenticated: ("not_authenticated", "Sign in first"),
    exceptions.AuthenticationFailed: ("not_authenticated", "Sign in first"),
    exceptions.PermissionDenied: ("permission_denied", "This is not allowed"),
    exceptions.NotFound: ("not_found", "There is nothing here"),
    exceptions.Throttled: ("rate_limited", "Too many requests"),
}


def _from_drf(exc: exceptions.APIException) -> DomainError:
    code, title = CODES.get(type(exc), (str(exc.default_code), str(exc.default_detail)))
    headers: dict[str, str] = {}
    if auth_header := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = auth_header
    if (wait := getattr(exc, "wait", None)) is not None:
        headers["Retry-After"] = str(int(wait))
    return refusal(exc.status_code, code, title, detail=str(exc.detail), headers=headers)


def _validation_problem(exc: exceptions.ValidationError) -> DomainError:
    errors = tuple(_field_errors(exc.detail, ""))
    codes = {item.code for item in errors}
    problem = InvalidRequest("Some fields are not valid.", errors=errors)
    # A code of its own where nothing else is wrong: it is most often a spelling mistake.
    if codes == {"unknown_field"}:
        problem.code, problem.title = "unknown_field", "There is no such field"
    return problem


def _field_errors(detail: Any, pointer: str) -> list[FieldError]:
    if isinstance(detail, Mapping):
        return [
            error
            for name, inner in detail.items()
            for error in _field_errors(
                inner, pointer if name == "non_field_errors" else f"{pointer}/{_escaped(str(name))}"
            )
        ]
    if isinstance(detail, list):
        return [error for inner in detail for error in _field_errors(inner, pointer)]
    return [FieldError(pointer or "/", str(getattr(detail, "code", "invalid")), str(detail))]


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """``handler400``."""
    return problem_response(
        as_domain_error(exception) or refusal(400, "bad_request", "The request cannot be served"),
        request,
    )


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponseBase:  # noqa: ARG001
    """``handler403``."""
    return problem_response(refusal(403, "permission_denied", "This is not allowed"), request)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:  # noqa: ARG001
    """``handler404``."""
    return problem_response(refusal(404, "not_found", "There is nothing here"), request)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """``handler500``: the request id, and nothing else about what broke."""
    return problem_response(error_in_hand(), request)


def error_in_hand() -> DomainError:
    """What the exception that is being handled comes to, in a plain view or a middleware."""
    exc = sys.exception()
    return (as_domain_error(exc) if exc is not None else None) or InternalError()
