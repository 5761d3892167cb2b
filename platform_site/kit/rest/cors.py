"""Which pages of other origins may use what (CORS): a list of them for each first part of a path.

Never with credentials: such a page brings a token in `Authorization`, and no cookie of ours is sent
for it or believed. Without any list the layer is not there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

ANY: Final = "*"
PREFLIGHT_KEPT_S: Final = 600


@dataclass(frozen=True, slots=True)
class Sharing:
    """What pages of ``origins`` (`ANY` alone: of every origin) may do below a path.

    ``headers`` are those that they may send beside the ones that always may, ``exposed`` those of
    an answer that they may read.
    """

    origins: frozenset[str]
    methods: tuple[str, ...]
    headers: tuple[str, ...]
    exposed: tuple[str, ...]

    def allowed_origin(self, origin: str) -> str:
        """The value of ``Access-Control-Allow-Origin`` for a page of ``origin``, or nothing."""
        return ANY if ANY in self.origins else origin if origin in self.origins else ""


class CrossOrigin:
    """Says on every answer below a shared path, refusals too, who may read it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response
        self._shared = {
            path: sharing for path, sharing in settings.SHARED_PATHS.items() if sharing.origins
        }
        if not self._shared:
            # Django then leaves the layer out, so that nobody pays for what nobody has asked for.
            raise MiddlewareNotUsed

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a preflight here, before anybody asks for a token; else serve ``request``."""
        sharing = self._shared.get(request.path.partition("/")[2].partition("/")[0])
        if sharing is None:
            return self._get_response(request)
        allowed = sharing.allowed_origin(request.headers.get("Origin", ""))
        if allowed and _is_preflight(request):
            response: HttpResponseBase = _preflight_answer(sharing)
        else:
            response = self._get_response(request)
        # A shared cache must not give one origin the answer that names another.
        if allowed != ANY:
            patch_vary_headers(response, ("Origin",))
        if allowed:
            response.headers["Access-Control-Allow-Origin"] = allowed
            response.headers["Access-Control-Expose-Headers"] = ", ".join(sharing.exposed)
        return response


def _is_preflight(request: HttpRequest) -> bool:
    return request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers


def _preflight_answer(sharing: Sharing) -> HttpResponse:
    return HttpResponse(
        status=204,
        headers={
            "Access-Control-Allow-Methods": ", ".join(sharing.methods),
            "Access-Control-Allow-Headers": ", ".join(sharing.headers),
            "Access-Control-Max-Age": str(PREFLIGHT_KEPT_S),
        },
    )
