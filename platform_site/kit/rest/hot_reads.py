"""Reads that are asked most: functions with the manners of a DRF view, at a fraction of its cost.

Who may come in, and how often, stands in a DRF view as for every other route; it is asked here
without DRF's request, negotiation and response. Changes stay with DRF, but for those that clients
make all day long; a read whose question must not stand in a log is a POST with a form.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache, update_wrapper
from typing import Any, Final, Literal, Protocol, cast

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import (
    AuthenticationFailed,
    NotAcceptable,
    NotAuthenticated,
    PermissionDenied,
    UnsupportedMediaType,
)
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.views import APIView

from platform_site.kit.rest.codecs import FormParser, JSONParser, JSONRenderer, encoded
from platform_site.kit.rest.exceptions import as_domain_error
from platform_site.kit.rest.problems import problem_response
from platform_site.kit.rest.rate_limits import RateDecision

Method = Literal["GET", "POST"]
METHODS: Final[Mapping[Method, frozenset[str]]] = {
    "GET": frozenset({"GET", "HEAD"}),
    "POST": frozenset({"POST"}),
}
JSON: Final = JSONRenderer.media_type
Values = Mapping[str, Any]


class HotRequest:
    """What a hot read sees of a request. ``user`` is who asks; ``http`` is Django's own request.

    It has as much of DRF's request as authentication, permissions and counting read.
    """

    __slots__ = ("META", "http", "method", "parser_context", "path", "user")

    def __init__(self, http: HttpRequest, view: type[APIView], user: Any = None) -> None:
        self.http = http
        self.user = user
        self.method = http.method or ""
        self.path = http.path
        self.META = http.META
        self.parser_context = {"view": view}

    @property
    def query_params(self) -> QueryDict:
        """The query, parsed at its first use."""
        return self.http.GET

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers, whose names compare without case."""
        return self.http.headers

    def form(self) -> QueryDict:
        """The fields of the form in the body, which can be read once; none without a body.

        Raises DRF's `UnsupportedMediaType`, and `PayloadTooLarge`.
        """
        if self.META.get("CONTENT_LENGTH", "0") in {"", "0"}:
            return QueryDict()
        if self.http.content_type != FormParser.media_type:
            raise UnsupportedMediaType(self.META.get("CONTENT_TYPE", ""))
        return FormParser().parse(self.http)

    def json(self) -> Any:
        """The document in the body, which can be read once; an empty one without a body.

        Raises DRF's `UnsupportedMediaType` and `ParseError`, and `PayloadTooLarge`.
        """
        if self.META.get("CONTENT_LENGTH", "0") in {"", "0"}:
            return {}
        if self.http.content_type != JSONParser.media_type:
            raise UnsupportedMediaType(self.META.get("CONTENT_TYPE", ""))
        return JSONParser().parse(self.http)

    def build_absolute_uri(self, location: str | None = None) -> str:
        """``location`` under the origin that was asked."""
        return self.http.build_absolute_uri(location)


AnyRequest = Request | HotRequest
"""For what serves both kinds of view."""


class Read(Protocol):
    """A function that answers one request; it raises its refusals."""

    def __call__(self, read: HotRequest, /, **values: Any) -> HttpResponseBase:
        """The answer for the ``values`` of the path's parameters."""
        ...


class HotRead:
    """A function that answers one method of ``view``'s path, and how it is described."""

    def __init__(
        self,
        view: type[APIView],
        describe: Callable[[Any], Any],
        function: Callable[..., Any],
        method: Method = "GET",
    ) -> None:
        self.view = view
        self.method: Final = method
        self.describe = describe
        self.function: Read = function
        update_wrapper(cast("Callable[..., Any]", self), function)

    def __call__(self, read: HotRequest, /, **values: Any) -> HttpResponseBase:
        """Call the function."""
        return self.function(read, **values)


def hot(
    view: type[APIView], describe: Callable[[Any], Any], *, method: Method = "GET"
) -> Callable[[Callable[..., HttpResponseBase]], HotRead]:
    """Make a function the read of a path, for those whom ``view`` lets in.

    Of ``view`` counts how it authenticates, what it permits, whether it negotiates, and ``count``
    where it has one: a static method from a `HotRequest` to a `RateDecision`, which raises
    `RateLimited`. ``describe`` is `described` or `documented`.
    """
    return lambda function: HotRead(view, describe, function, method)


def beside(view: type[APIView], read: HotRead) -> Callable[..., HttpResponseBase]:
    """The view of a path of which ``read`` is one method and the others are those of ``view``."""
    of_schema = {read.method.lower(): _handler(read), "__module__": view.__module__}
    kind: Any = type(view.__name__, (view,), of_schema)
    other_methods = kind.as_view()
    gate = _Gate(read.view)
    methods = METHODS[read.method]

    def answer(request: HttpRequest, **values: Any) -> HttpResponseBase:
        if request.method in methods:
            return gate.served(request, read, values)
        response: HttpResponseBase = other_methods(request, **values)
        return response

    update_wrapper(answer, other_methods, updated=("__dict__",))  # `cls`, for the schema; no CSRF
    return answer


def alone(read: HotRead) -> Callable[..., HttpResponseBase]:
    """The view of a path that takes no other method."""
    return beside(read.view, read)


def json_response(
    document: object, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """``document`` as JSON; bytes are JSON already, and ``None`` is no body."""
    body = document if isinstance(document, bytes) else encoded(document)
    return HttpResponse(body, JSON, status, headers=headers)


class _Gate:
    """What is done before and after a read, worked out once from its view."""

    def __init__(self, view: type[APIView]) -> None:
        self._view = view
        self._authenticators = [kind() for kind in view.authentication_classes]
        self._permissions = [kind() for kind in view.permission_classes]
        self._negotiates = view.content_negotiation_class is DefaultContentNegotiation
        self._count: Callable[[HotRequest], RateDecision] | None = getattr(view, "count", None)
        self._challenge = self._challenged()

    def served(self, request: HttpRequest, read: HotRead, values: Values) -> HttpResponseBase:
        """The answer to ``request``, refusals too. Raises what is a fault of ours."""
        hot_request = HotRequest(request, self._view)
        decision: RateDecision | None = None
        try:
            self._let_in(hot_request)
            if self._count is not None:
                decision = self._count(hot_request)
            response = read.function(hot_request, **values)
        except Exception as exc:
            error = as_domain_error(self._with_challenge(exc))
            if error is None:
                raise
            response = problem_response(error, request)
        if decision is not None:
            for name, value in decision.headers.items():
                response.headers.setdefault(name, value)
        return response

    def _let_in(self, hot_request: HotRequest) -> None:
        accept = hot_request.META.get("HTTP_ACCEPT", "*/*")
        if self._negotiates and not _is_json_served(accept):
            raise NotAcceptable
        # DRF's own classes take whatever has these attributes; they are typed for DRF's request.
        as_request = cast("Request", hot_request)
        for authenticator in self._authenticators:
            found = authenticator.authenticate(as_request)
            if found is not None:
                hot_request.user = found[0]
                # For the log, as DRF leaves it there.
                hot_request.http.user = found[0]
                break
        for permission in self._permissions:
            if not permission.has_permission(as_request, cast("APIView", self._view)):
                if self._authenticators and hot_request.user is None:
                    raise NotAuthenticated
                raise PermissionDenied(getattr(permission, "message", None))

    def _challenged(self) -> str:
        first: BaseAuthentication | None = next(iter(self._authenticators), None)
        return "" if first is None else first.authenticate_header(cast("Request", None)) or ""

    def _with_challenge(self, exc: Exception) -> Exception:
        if self._challenge and isinstance(exc, NotAuthenticated | AuthenticationFailed):
            exc.auth_header = self._challenge  # type: ignore[union-attr]  # as DRF's view does it
        return exc


def _handler(read: HotRead) -> Callable[..., Any]:
    """``read`` as a handler of a DRF view, by which the schema finds and describes it."""

    def handle(view: APIView, request: Request, **values: Any) -> HttpResponseBase:
        return read.function(HotRequest(request._request, type(view), request.user), **values)  # noqa: SLF001

    update_wrapper(handle, read.function, updated=())
    handler: Callable[..., Any] = read.describe(handle)
    return handler


@lru_cache(maxsize=128)
def _is_json_served(accept: str) -> bool:
    """Whether DRF would answer ``Accept: accept`` in JSON."""
    http = HttpRequest()
    http.META["HTTP_ACCEPT"] = accept
    try:
        DefaultContentNegotiation().select_renderer(Request(http), [JSONRenderer()])
    except NotAcceptable:
        return False
    return True
