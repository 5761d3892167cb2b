"""nginx passes on who may read an answer of a role, and says it itself of its own refusals."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.edge.conftest import Site, variables_for
from tests.edge.handover import OF_THE_ROLE, PATH, STORED_AT, location_answer, store_answer
from tests.edge.server import running_edge
from tests.edge.upstreams import Answer, serving
from tests.edge.wire import ask

OURS, OTHERS = "https://photos.example", "https://elsewhere.example"
TOLD = "access-control-allow-origin"
EXPOSED = "access-control-expose-headers"


@pytest.fixture(scope="module")
def shared_site(nginx_is_here: None) -> Iterator[Site]:
    """One that has a list of pages for the API, and lets all read pictures."""
    with ExitStack() as stack:
        roles = [stack.enter_context(serving()) for _ in range(4)]
        lists = {"CORS_ORIGINS": f"{OURS},http://localhost:3000", "PICTURE_CORS_ORIGINS": "*"}
        addresses = [role.address for role in roles]
        edge = stack.enter_context(running_edge(variables_for(*addresses, **lists)))
        yield Site(edge, *roles)


def from_page(
    site: Site, path: str, origin: str = OURS, method: str = "GET"
) -> tuple[int, str | None, str | None, str | None]:
    """The status, the origin that may read, and what it may read of the headers."""
    reply = ask(site.port, path, method=method, headers={"Origin": origin})
    return reply.status, reply.header(TOLD), reply.header(EXPOSED), reply.header("Vary")


def test_what_a_role_says_passes_as_it_is(site: Site) -> None:
    said = {TOLD: OURS, EXPOSED: "ETag", "Vary": "Origin"}
    site.gateway.respond = lambda _: Answer(200, said)
    assert from_page(site, "/api/v1/images/x") == (200, OURS, "ETag", "Origin")


@pytest.mark.parametrize(
    ("path", "upstream"), [("/api/v1/usage", "gateway"), ("/auth/profile", "auth")]
)
def test_a_listed_page_reads_why_a_role_gives_no_answer(
    site: Site, path: str, upstream: str
) -> None:
    getattr(site, upstream).respond = lambda _: Answer(hang_up=True)
    status, told, exposed, _ = from_page(site, path)
    assert (status, told, exposed) == (502, OURS, "Retry-After, X-Request-ID")
    assert from_page(site, path, "http://localhost:3000")[1] == "http://localhost:3000"
    for other in (OTHERS, "null", f"{OURS}.evil.example"):
        assert from_page(site, path, other)[:3] == (502, None, None)


def test_a_body_that_is_too_large_is_refused_in_words_that_the_page_can_read(site: Site) -> None:
    headers = {"Origin": OURS, "Content-Length": "99999999"}
    reply = ask(site.port, "/api/v1/images", method="POST", headers=headers, body=b"")
    assert (reply.status, reply.header(TOLD)) == (413, OURS)


@pytest.mark.parametrize(("told", "varies"), [("*", None), (OURS, "Origin")])
def test_the_bytes_carry_what_the_role_said_of_them_once(
    site: Site, told: str, varies: str | None
) -> None:
    said = {**OF_THE_ROLE, TOLD: told, EXPOSED: "ETag"} | ({"Vary": varies} if varies else {})
    site.images.respond = lambda got: location_answer(got, f"/_store{STORED_AT}", said)
    site.store.respond = lambda got: _with(store_answer(got), {TOLD: "https://store.example"})
    assert from_page(site, PATH) == (200, told, "ETag", varies)


def test_bytes_that_are_not_shared_say_nothing_and_lost_ones_say_it_to_all(site: Site) -> None:
    site.images.respond = lambda got: location_answer(got, f"/_store{STORED_AT}", OF_THE_ROLE)
    site.store.respond = store_answer
    assert from_page(site, PATH)[:3] == (200, None, None)
    site.store.respond = lambda _: Answer(404)
    assert from_page(site, PATH, OTHERS)[:2] == (404, "*")


def test_pages_and_what_is_inside_only_are_shared_with_nobody(site: Site) -> None:
    for path in ("/", "/internal/v1/status", "/admin/", "/assets/none.js"):
        assert from_page(site, path)[1] is None


def _with(answer: Answer, headers: dict[str, str]) -> Answer:
    return Answer(answer.status, {**answer.headers, **headers}, answer.body)
