"""What is wrong with a colour is found before anybody is sent to it, and said in words."""

from collections.abc import Callable, Iterator

import pytest

from platform_site.rollout.preflight import Colour, Probe
from tests.edge.upstreams import Answer, Received, Upstream, serving
from tests.servers.ports import free_port

pytestmark = pytest.mark.enable_socket

PAGE = b'<link rel="icon" href="/favicon.svg"><script src="/assets/index-1.js"></script>'
FILES = {
    "/": Answer(headers={"Content-Type": "text/html"}, body=PAGE),
    "/favicon.svg": Answer(headers={"Content-Type": "image/svg+xml"}, body=b"<svg/>"),
    "/assets/index-1.js": Answer(
        headers={"Content-Type": "application/javascript"}, body=b"let a = 1;"
    ),
}


@pytest.fixture
def frontend() -> Iterator[Upstream]:
    with serving() as upstream:
        yield upstream


def site(**others: Answer) -> Callable[[Received], Answer]:
    """The files, save those that ``others`` names by the end of their path."""

    def respond(got: Received) -> Answer:
        for name, answer in others.items():
            if got.path.endswith(name.replace("_", ".")):
                return answer
        return FILES.get(got.path, Answer(401))

    return respond


def probe(frontend: Upstream, *ready: str) -> Probe:
    clock = iter(range(1000))
    return Probe(
        Colour(f"http://{frontend.address}", ready),
        clock=lambda: float(next(clock)),
        sleep=lambda _: None,
    )


def refusals(one: Probe, *, warm_up: int = 0) -> list[str]:
    return list(one.refusals(ready_within_s=2.0, warm_up=warm_up))


def ready_as_well(respond: Callable[[Received], Answer]) -> Callable[[Received], Answer]:
    return lambda got: Answer() if got.path == "/readyz" else respond(got)


def test_a_whole_colour_has_nothing_against_it(frontend: Upstream) -> None:
    frontend.respond = ready_as_well(site())
    assert refusals(probe(frontend), warm_up=40) == []
    assert {"image-platform-rollout"} == {got.headers["user-agent"] for got in frontend.received}


def test_a_role_that_is_not_ready_says_why_and_nothing_else_is_asked(frontend: Upstream) -> None:
    body = b'{"failed":{"migrations":"Migrations are missing"}}'
    frontend.respond = lambda _: Answer(503, body=body)

    (words,) = refusals(probe(frontend, f"http://{frontend.address}/images/readyz"), warm_up=40)

    assert words.startswith("not ready within 2 s: ")
    assert "/images/readyz answers 503" in words
    assert "Migrations are missing" in words
    assert {got.path for got in frontend.received} == {"/images/readyz"}


def test_a_role_that_does_not_start_gives_no_answer(frontend: Upstream) -> None:
    frontend.respond = ready_as_well(site())
    (words,) = refusals(probe(frontend, f"http://127.0.0.1:{free_port()}/readyz"))
    assert "gives no answer (NewConnectionError)" in words


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ({"_js": Answer(404)}, "/assets/index-1.js answers 404"),
        ({"_js": FILES["/"]}, "/assets/index-1.js is text/html of 79 bytes"),
        (
            {"_js": Answer(headers={"Content-Type": "application/javascript"}, body=b"")},
            "/assets/index-1.js is application/javascript of 0 bytes",
        ),
        ({"_svg": Answer(500)}, "/favicon.svg answers 500"),
    ],
)
def test_a_file_of_the_page_that_is_none_is_told(
    frontend: Upstream, others: dict[str, Answer], words: str
) -> None:
    frontend.respond = ready_as_well(site(**others))
    assert refusals(probe(frontend)) == [words]


def test_a_page_that_names_nothing_is_none(frontend: Upstream) -> None:
    frontend.respond = ready_as_well(lambda _: Answer(body=b"<html></html>"))
    assert refusals(probe(frontend)) == ["the page names no script"]


def test_reads_that_fail_are_told_with_the_first(frontend: Upstream) -> None:
    frontend.respond = ready_as_well(site(presets=Answer(500)))
    (words,) = refusals(probe(frontend), warm_up=40)
    assert words == "10 of 40 reads failed, the first: /api/v1/presets answers 500"
