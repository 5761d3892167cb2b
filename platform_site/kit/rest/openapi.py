"""How routes of every role are described in OpenAPI: by rule, so that no view forgets a refusal.

A refusal has the body of a problem, every reply names its headers, and what the layers around a
view may answer (a body that is too large, a type that is not taken) is added to what it says.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, Literal

from drf_spectacular.contrib.rest_framework_dataclasses import OpenApiDataclassSerializerExtensions
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import get_doc
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework_dataclasses.serializers import DataclassSerializer

from platform_site.kit.rest.problems import CONTENT_TYPE, ERRORS_MAX, FieldError
from platform_site.kit.rest.serializers import StrictSerializer

Document = dict[str, Any]
Direction = Literal["request", "response"]

FORM: Final = "multipart/form-data"
UNCHANGED, REFUSED, LIMITED, BROKEN = 304, 400, 429, 500
DIRECTIONS: Final = ("In", "Out")
"""Endings of our classes that say which way they go; a client has no use for them."""


@dataclass(frozen=True, slots=True)
class Problem:
    """RFC 9457. ``code`` is the contract; the words may change.

    ``count`` comes with ``selection_changed``: how many images match now. ``challenge`` and
    ``methods`` come with ``second_factor_required``.
    """

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    request_id: str
    errors: list[FieldError] = field(
        default_factory=list, metadata={"serializer_kwargs": {"max_length": ERRORS_MAX}}
    )
    errors_omitted: int = 0
    count: int = 0
    challenge: str = ""
    methods: list[str] = field(default_factory=list)


MEANINGS: Final[Mapping[int, str]] = {
    400: "The request is not valid; `errors` says where.",
    406: "None of the types that `Accept` names can be served (`not_acceptable`).",
    409: "The state does not allow it, or the first request with this key still runs.",
    413: "The body is too large (`payload_too_large`).",
    415: "This content type is not taken (`unsupported_media_type`).",
    422: "The picture cannot be used, or the Idempotency-Key belongs to another request.",
    502: "A part of the platform gave no answer (`upstream_unavailable`).",
    503: "A part of the platform gives no answer; try again.",
    504: "A part of the platform gave no answer in time (`upstream_timeout`); what was asked for "
    "may have been done.",
}
OF_A_BODY: Final = (400, 413, 415)
OF_A_QUERY: Final = (400,)
OF_A_KEY: Final = (400, 409, 422)
EVERYWHERE: Final = (406, 502, 503, 504)
"""502 and 504 are nginx's, which stands before every role."""


def _header(schema: Document, description: str, *, required: bool = False) -> Document:
    return {"description": description, "schema": schema, "required": required}


HEADERS: Final[Mapping[str, Document]] = {
    "X-Request-ID": _header(
        {"type": "string"}, "The id of this request, as the log has it.", required=True
    ),
    "WWW-Authenticate": _header(
        {"type": "string"}, "`Bearer`, with an `error` when a token came along (RFC 6750)."
    ),
    "Retry-After": _header(
        {"type": "integer", "minimum": 1}, "Seconds to wait before the next try."
    ),
    "RateLimit": _header({"type": "string"}, "What is left: `r` uses within the next `t` seconds."),
    "RateLimit-Policy": _header({"type": "string"}, "The limit: `q` uses in `w` seconds."),
    "ETag": _header({"type": "string"}, "The version of what was answered; see `If-None-Match`."),
    "Idempotency-Replayed": _header(
        {"type": "string", "const": "true"}, "Sent with an earlier answer that is sent again."
    ),
    "Location": _header(
        {"type": "string", "format": "uri-reference"}, "Where the new thing is, or where to go on."
    ),
    "Preference-Applied": _header({"type": "string"}, "The part of `Prefer` that was honoured."),
    "Set-Cookie": _header(
        {"type": "string"},
        "The refresh token, or the sign-in that waits for its return; no script can read it.",
    ),
}
BY_STATUS: Final[Mapping[int, tuple[str, ...]]] = {
    401: ("WWW-Authenticate",),
    409: ("Retry-After",),
    **dict.fromkeys((429, 502, 503, 504), ("Retry-After",)),
}


def _rules_added(schema: Document, rules: Mapping[str, Any]) -> None:
    for name, more in rules.get("properties", {}).items():
        schema["properties"][name] = {**schema["properties"][name], **more}
    schema.update({keyword: rule for keyword, rule in rules.items() if keyword != "properties"})


class RouteSchema(AutoSchema):
    """drf-spectacular's description of a view, with the rules of this module."""

    def get_serializer_name(self, serializer: Any, direction: Direction) -> str:
        """The class's name without what only our code needs of it."""
        return public_name(super().get_serializer_name(serializer, direction))

    def get_override_parameters(self) -> list[Any]:
        """What a role in front of the view takes for it, beside what the view itself says."""
        return [*super().get_override_parameters(), *getattr(self.view, "more_parameters", ())]

    def _map_serializer(
        self,
        serializer: Any,
        direction: Direction,
        bypass_extensions: bool = False,  # noqa: FBT001, FBT002
    ) -> Document:
        schema: Document = super()._map_serializer(  # type: ignore[no-untyped-call]
            serializer, direction, bypass_extensions
        )
        if isinstance(serializer, StrictSerializer) and direction == "request":
            schema["additionalProperties"] = False
            if serializer.one_of:
                schema["oneOf"] = [{"required": [name]} for name in serializer.one_of]
            _rules_added(schema, serializer.rules)
        return schema

    def _get_request_body(self, direction: Direction = "request") -> Document | None:
        """The library describes no body of a DELETE; a view of ours may say that it reads one."""
        method = self.method
        self.method = "POST" if self._reads_body() else method
        try:
            body: Document | None = super()._get_request_body(direction)  # type: ignore[no-untyped-call]
        finally:
            self.method = method
        if body is not None and FORM in body["content"]:
            body["required"] = True  # the library lets a schema that is given as it is be left out
        return body

    def _reads_body(self) -> bool:
        return self.method in {"POST", "PATCH", "PUT"} or (
            self.method == "DELETE" and getattr(self.view, "delete_reads_body", False)
        )

    def _get_response_bodies(self, direction: Direction = "response") -> Document:
        bodies: Document = super()._get_response_bodies(direction)
        for status in self._implied():
            if str(status) not in bodies:
                refusal = OpenApiResponse(description=MEANINGS[status])
                bodies[str(status)] = self._get_response_for_code(refusal, str(status))
        return dict(sorted(bodies.items()))

    def _get_response_for_code(
        self,
        serializer: Any,
        status_code: str,
        media_types: Any = None,
        direction: Direction = "response",
    ) -> Document:
        """A refusal whose body nobody described has that of a problem."""
        if int(status_code) >= REFUSED and isinstance(serializer, OpenApiResponse):
            words = serializer.description
            if serializer.response is None:
                serializer = OpenApiResponse(_problem(), words, serializer.examples)
                media_types = [CONTENT_TYPE]
        body: Document = super()._get_response_for_code(  # type: ignore[no-untyped-call]
            serializer, status_code, media_types, direction
        )
        names = [*self._header_names(int(status_code)), *body.get("headers", {})]
        return {
            **body,
            "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in names},
        }

    def _implied(self) -> Iterator[int]:
        """Statuses that the layers around the view may answer with."""
        yield from EVERYWHERE
        if self._reads_body() and self.get_request_serializer() is not None:
            yield from OF_A_BODY
        parameters = self._get_parameters()
        if any(parameter["in"] == "query" for parameter in parameters):
            yield from OF_A_QUERY
        if any(parameter["name"] == "Idempotency-Key" for parameter in parameters):
            yield from OF_A_KEY

    def _header_names(self, status: int) -> Iterator[str]:
        yield "X-Request-ID"
        yield from BY_STATUS.get(status, ())
        answered = self._answered()
        if LIMITED in answered:
            yield from ("RateLimit", "RateLimit-Policy")
        if UNCHANGED in answered and status in {200, UNCHANGED}:
            yield "ETag"
        names = {parameter["name"] for parameter in self._get_parameters()}
        if "Idempotency-Key" in names and status < BROKEN and status != LIMITED:
            yield "Idempotency-Replayed"

    def _answered(self) -> set[int]:
        """The statuses that the view itself names."""
        replies = self.get_response_serializers()
        keys: Iterable[Any] = replies if isinstance(replies, dict) else ()
        return {int(key[0] if isinstance(key, tuple) else key) for key in keys}


class DataclassComponent(OpenApiDataclassSerializerExtensions):  # type: ignore[no-untyped-call]
    """A dataclass as a component, with its own sentence: the library drops that."""

    priority = 1

    def get_name(self) -> str:  # type: ignore[override] # both ways are called
        """The dataclass's name without what only our code needs of it."""
        return public_name(super().get_name())  # type: ignore[no-untyped-call]

    def map_serializer(self, auto_schema: Any, direction: Direction) -> Document:
        """The schema with the dataclass's docstring, in the words of JSON."""
        schema: Document = super().map_serializer(auto_schema, direction)
        sentence = get_doc(self.target.dataclass_definition.dataclass_type)
        for python, json in (("``", "`"), ("`None`", "`null`"), ("`False`", "`false`")):
            sentence = sentence.replace(python, json)
        return {**schema, "description": sentence} if sentence else schema


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The access token of auth, in the ``Authorization`` header."""

    target_class = "platform_site.kit.auth.authentication.UserAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002
        """HTTP bearer with a JWT."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class InternalBearerScheme(BearerScheme):  # type: ignore[no-untyped-call]
    """The same token, beside the one of the role that sends it; no public route takes that."""

    target_class = "platform_site.kit.auth.authentication.ServiceAuthentication"
    name = "bearerBesideService"


def public_name(name: str) -> str:
    """The name of a class of ours as the document has it.

    >>> public_name("SessionOut")
    'Session'
    """
    return next((name.removesuffix(end) for end in DIRECTIONS if name.endswith(end)), name)


def answer_header(name: str, *statuses: int) -> OpenApiParameter:
    """Say that replies with ``statuses`` have the header ``name``, one of `HEADERS`."""
    schema = HEADERS[name]["schema"]
    return OpenApiParameter(name, schema, OpenApiParameter.HEADER, response=list(statuses))


def headers_add(result: Document, **_generator: Any) -> Document:
    """Put the headers that replies refer to into the document (a hook of drf-spectacular)."""
    result.setdefault("components", {})["headers"] = dict(sorted(HEADERS.items()))
    return result


@cache
def _problem() -> DataclassSerializer[Any]:
    return DataclassSerializer(dataclass=Problem)
