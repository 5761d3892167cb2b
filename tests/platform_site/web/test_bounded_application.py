"""The bounds in front of an application that a foreign server calls."""

import threading
from collections.abc import Callable, Iterable
from typing import Any

import orjson
import pytest

from platform_site import gunicorn
from platform_site.web.bounded_application import Environ, bounded


def environ(**more: str) -> Environ:
    return {"REQUEST_METHOD": "POST", "PATH_INFO": "/a", "QUERY_STRING": "", **more}


class Told:
    status = ""
    headers: dict[str, str]

    def __call__(self, status: str, headers: list[tuple[str, str]]) -> None:
        self.status, self.headers = status, dict(headers)


def fine(_environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", [])
    return [b"fine"]


@pytest.mark.parametrize("more", [{}, {"CONTENT_LENGTH": "5"}, {"CONTENT_LENGTH": ""}])
def test_a_request_with_a_length_or_no_body_is_served(more: dict[str, str]) -> None:
    assert bounded(fine)(environ(**more), Told()) == [b"fine"]


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"HTTP_TRANSFER_ENCODING": "chunked"}, "411 Length Required", "length_required"),
        ({"QUERY_STRING": "a" * 4096}, "414 Request-URI Too Long", "uri_too_long"),
    ],
)
def test_others_are_refused_as_a_problem(more: dict[str, str], status: str, code: str) -> None:
    told = Told()
    (body,) = bounded(fine)(environ(**more), told)
    assert told.status == status
    assert told.headers["Content-Type"] == "application/problem+json"
    assert told.headers["Content-Length"] == str(len(body))
    assert orjson.loads(body)["code"] == code


def test_half_of_the_threads_at_most_have_bodies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gunicorn, "threads", 2)
    begun, go_on = threading.Event(), threading.Event()

    def slow(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("CONTENT_LENGTH"):
            begun.set()
            assert go_on.wait(10)
        return fine(environ, start_response)

    application = bounded(slow)
    first = threading.Thread(target=application, args=(environ(CONTENT_LENGTH="5"), Told()))
    first.start()
    assert begun.wait(10)
    told = Told()
    (body,) = application(environ(CONTENT_LENGTH="5"), told)
    assert (told.status, orjson.loads(body)["code"]) == ("503 Service Unavailable", "busy")
    assert application(environ(), Told()) == [b"fine"]
    go_on.set()
    first.join()
