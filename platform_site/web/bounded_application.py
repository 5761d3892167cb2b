"""What our gunicorn worker does before a view, for a server that gives every request a thread."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from platform_site import gunicorn
from platform_site.kit.bounded import Bound
from platform_site.kit.rest.problems import DomainError
from platform_site.web import refusals
from platform_site.web.connections import LINE_BYTES

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


def bounded(application: Application) -> Application:
    """``application``, of whose threads at most half wait for bodies; refused are what it may not
    be given: a body without a length, and a URL longer than any here.
    """  # noqa: D205
    most: Final = max(1, gunicorn.threads // 2)
    bodies = Bound("bodies", limit=lambda: most, wait_s=1.0, waiting=most // 2)

    def serve(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            _check(environ)
            # A thread is given as soon as the head is here, so even a small body may be awaited.
            if environ.get("CONTENT_LENGTH", "0") in {"", "0"}:
                return application(environ, start_response)
            with bodies.hold():
                return application(environ, start_response)
        except DomainError as error:
            return _refused(error, start_response)

    return serve


def _check(environ: Environ) -> None:
    if environ.get("HTTP_TRANSFER_ENCODING"):
        raise refusals.length_required()
    if len(environ["PATH_INFO"]) + len(environ["QUERY_STRING"]) > LINE_BYTES:
        raise refusals.uri_too_long()


def _refused(error: DomainError, start_response: Callable[..., Any]) -> Iterable[bytes]:
    headers, body = refusals.described(error)
    start_response(refusals.reason(error), headers)
    return [body]
