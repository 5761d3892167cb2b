"""How a view describes itself in OpenAPI: replies, refusals, parameters."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework_dataclasses.serializers import DataclassSerializer

from platform_site.kit.rest.openapi import MEANINGS as OF_THE_LAYERS
from platform_site.kit.rest.problems import CONTENT_TYPE

View = TypeVar("View", bound=Callable[..., Any])

MEANINGS: Final[Mapping[int, str]] = {
    **OF_THE_LAYERS,
    401: "There is no token, or it is not valid any more.",
    403: "The token does not have the scope (`permission_denied`), the account is being deleted "
    "(`account_closing`), or the quota is used up (`quota_exceeded`).",
    404: "There is no such thing, or it belongs to someone else.",
    411: "Content-Length is missing (`length_required`).",
    412: "It has changed since; `If-Match` names an older version (`precondition_failed`).",
    413: "The file is too large (`file_too_large`).",
    415: "Not a form (`unsupported_media_type`), or no picture we take (`unsupported_format`).",
    429: "Too many requests; `Retry-After` says when to come back.",
    502: "Another role broke while it answered (`upstream_failed`), or gave no answer to what is "
    "not sent twice (`upstream_unavailable`).",
    503: "A part of the platform gives no answer (`upstream_unavailable`); try again.",
}
EVERYWHERE: Final = (429, 502, 503)
NOT_FOUND: Final = OpenApiExample(
    "not found",
    value={
        "type": "urn:problem:image_not_found",
        "title": "There is no such image",
        "status": 404,
        "detail": "",
        "instance": "/api/v1/images/0193a5c0-0000-7000-8000-000000000000",
        "code": "image_not_found",
        "request_id": "0193a5c0-2f1e-7a11-b2c3-d4e5f6071829",
        "errors": [],
    },
    response_only=True,
    status_codes=["404"],
    media_type=CONTENT_TYPE,
)
IDEMPOTENCY_KEY: Final = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": "^[!-~]{1,255}$"},
    OpenApiParameter.HEADER,
    description=(
        "1 to 255 printable characters of your choice. The same request with the same key within "
        "24 hours gets the first answer, marked `Idempotency-Replayed: true`."
    ),
)
IF_NONE_MATCH: Final = OpenApiParameter(
    "If-None-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="An ETag you hold; 304 if it is still the current one.",
)
IF_MATCH: Final = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The ETag you read; 412 if it changed since.",
)
PREFER: Final = OpenApiParameter(
    "Prefer",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="`wait=N`: hold the answer up to N seconds (30 at most) until the job is over.",
)


def shape(kind: type, *, many: bool = False) -> DataclassSerializer[Any]:
    """The serializer that describes the dataclass ``kind``, or a list of it."""
    return DataclassSerializer(dataclass=kind, many=many)


def described(
    operation_id: str,
    *,
    tag: str,
    replies: Mapping[Any, Any],
    refusals: Mapping[int, str],
    request: Any = None,
    parameters: Sequence[Any] = (),
    examples: Sequence[OpenApiExample] = (),
    anonymous: bool = False,
) -> Callable[[View], View]:
    """Describe a handler; its docstring is the description.

    ``replies`` maps a status, or a status and a media type, to a dataclass, to ``None`` for an
    empty body, or to what drf-spectacular takes. ``refusals`` says by status why there is a problem
    document instead.
    """
    responses: dict[Any, Any] = {status: _reply(kind) for status, kind in replies.items()}
    for status in sorted(set(refusals) - set(replies)):
        responses[status] = OpenApiResponse(description=refusals[status])
    return extend_schema(
        operation_id=operation_id,
        tags=[tag],
        request=request,
        responses=responses,
        parameters=list(parameters),
        examples=list(examples),
        auth=[] if anonymous else None,
    )


def documented(
    operation_id: str,
    *,
    tag: str,
    replies: Mapping[Any, Any],
    refusals: Sequence[int] = (),
    request: Any = None,
    parameters: Sequence[Any] = (),
    examples: Sequence[OpenApiExample] = (),
    anonymous: bool = False,
) -> Callable[[View], View]:
    """Describe a handler under /api/v1, where refusals mean the same on every route.

    ``refusals`` are statuses of problems beside those of every route; the rest as `described`.
    """
    known = (*refusals, *(() if anonymous else (401, 403)), *EVERYWHERE)
    return described(
        operation_id,
        tag=tag,
        replies=replies,
        refusals={status: MEANINGS[status] for status in known},
        request=request,
        parameters=parameters,
        examples=[*examples, *([NOT_FOUND] if 404 in refusals else [])],  # noqa: PLR2004
        anonymous=anonymous,
    )


def _reply(kind: Any) -> Any:
    if kind is None:
        return OpenApiResponse(description="Nothing in the body.")
    return shape(kind) if isinstance(kind, type) else kind
