"""A transport that calls another role's URLs inside this process: the embedded form of HTTP."""

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import get_urlconf, set_urlconf

from platform_site.kit.telemetry.request_context import current_request
from platform_site.kit.upstream.connections import CHUNK_BYTES
from platform_site.kit.upstream.replies import Headers, Reply
from platform_site.kit.upstream.requests import Body, SupportsRead, is_stream


class InProcessPool:
    """Serves requests from the URLconf ``urlconf``, as a pool of connections would.

    The inner request is a WSGI request of its own; it passes the same middleware as one that came
    through a socket. Deadlines do not apply: there is no network to wait for.
    """

    def __init__(self, urlconf: str, *, host: str) -> None:
        self._urlconf = urlconf
        self._host = host

    @cached_property
    def _handler(self) -> WSGIHandler:
        return WSGIHandler()

    def exchange(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        body: Body,
        timeout_s: float,  # noqa: ARG002 - there is nothing to wait for
        is_fresh: bool,  # noqa: ARG002 - nor to keep
    ) -> Reply:
        """Handle one request to its end and return the reply."""
        request = self._request(method, path, headers, body)
        # Django keeps the URLconf of a request for the thread, and this one runs inside another.
        outer = get_urlconf()
        try:
            reply = _reply(self._handler.get_response(request))
            return replace(reply, body=b"") if method == "HEAD" else reply
        finally:
            set_urlconf(outer)

    def _request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: Body,
    ) -> HttpRequest:
        path, _, query = url.partition("?")
        outer = current_request()  # where the pages are that links of the inner one lead to
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SCRIPT_NAME": "",
            "SERVER_NAME": self._host,
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": outer.META.get("HTTP_HOST", "localhost") if outer else "localhost",
            "wsgi.url_scheme": outer.scheme if outer else "http",
            "wsgi.input": _reader(body),
            "wsgi.errors": io.StringIO(),
            # A stream brings its own length among the headers, as it has to over a socket.
            "CONTENT_LENGTH": str(len(body)) if isinstance(body, bytes) else "0",
        }
        for name, value in headers.items():
            key = name.upper().replace("-", "_")
            environ[key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"] = value
        request = WSGIRequest(environ)
        request.urlconf = self._urlconf
        return request


class _ChunkReader(io.RawIOBase):
    """A file over an iterable of chunks, so that a body streams through without being held."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = chunk
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size


def _reader(body: Body) -> io.BufferedIOBase:
    if is_stream(body):
        return io.BufferedReader(_ChunkReader(_chunks(body)), CHUNK_BYTES)
    return io.BytesIO(body if isinstance(body, bytes) else b"")


def _chunks(body: SupportsRead) -> Iterator[bytes]:
    while chunk := body.read(CHUNK_BYTES):
        yield chunk


def _reply(response: HttpResponseBase) -> Reply:
    try:
        data = b"".join(response)
    finally:
        # ``close`` would also send request_finished and close the outer request's database
        # connection, so only what the response itself holds is closed.
        for closer in response._resource_closers:  # type: ignore[attr-defined] # noqa: SLF001
            closer()
    return Reply(response.status_code, Headers.of(dict(response.items())), data)
