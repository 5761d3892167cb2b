"""Bytes handed over: the images role says where they are, and nginx brings them."""

from collections.abc import Iterator
from http import HTTPStatus
from http.client import RemoteDisconnected

import pytest

from tests.edge.conftest import Site
from tests.edge.handover import (
    CONTENT,
    ETAG,
    KEPT,
    KEY,
    OF_THE_ROLE,
    OF_THE_STORE,
    PATH,
    STORED_AT,
    location_answer,
    store_answer,
)
from tests.edge.upstreams import Answer
from tests.edge.wire import Reply, ask, opened, problem_of

pytestmark = pytest.mark.processes

OURS = {name: OF_THE_ROLE[name] for name in KEPT}


@pytest.fixture(params=["store", "files"])
def handed(site: Site, request: pytest.FixtureRequest) -> Iterator[Site]:
    """A rendition in the store, or as a file; the same must hold for both."""
    location = f"/_store{STORED_AT}" if request.param == "store" else f"/_files/{KEY}"
    site.images.respond = lambda got: location_answer(got, location, OF_THE_ROLE)
    site.store.respond = store_answer
    file = site.edge.directory / "objects" / KEY
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(CONTENT)
    yield site
    file.unlink()


def _kept(reply: Reply) -> dict[str, str | None]:
    return {name: reply.header(name) for name in KEPT}


def test_the_whole_file_under_the_roles_own_headers(handed: Site) -> None:
    reply = ask(handed.port, PATH)

    assert (reply.status, reply.body) == (200, CONTENT)
    assert _kept(reply) == OURS
    assert reply.header("Content-Length") == str(len(CONTENT))
    assert reply.header("X-Content-Type-Options") == "nosniff"
    assert reply.header("Cross-Origin-Resource-Policy") == "cross-origin"
    assert reply.header("Content-Security-Policy") == (
        "default-src 'none'; frame-ancestors 'none'; sandbox"
    )


def test_nothing_of_the_store_or_of_the_way_there_leaks(handed: Site) -> None:
    reply = ask(handed.port, PATH)

    leaked = {name for name in reply.names if name.startswith(("x-amz", "x-minio", "x-accel"))}
    assert leaked == set()
    assert {"set-cookie", "vary", "location", "x-xss-protection"}.isdisjoint(reply.names)
    assert "x-ratelimit-limit" not in reply.names


@pytest.mark.parametrize(("first", "last"), [(0, 0), (0, 99), (1000, 50_000), (102_399, 102_399)])
def test_a_part_of_the_file(handed: Site, first: int, last: int) -> None:
    reply = ask(handed.port, PATH, headers={"Range": f"bytes={first}-{last}"})

    assert (reply.status, reply.body) == (206, CONTENT[first : last + 1])
    assert reply.header("Content-Range") == f"bytes {first}-{last}/{len(CONTENT)}"
    assert {**_kept(reply), "Accept-Ranges": "bytes"} == OURS


@pytest.mark.parametrize("unit", ["Bytes", "BYTES"])
def test_a_unit_is_a_unit_whatever_its_case(handed: Site, unit: str) -> None:
    reply = ask(handed.port, PATH, headers={"Range": f"{unit}=0-9"})

    assert (reply.status, reply.body) == (206, CONTENT[:10])


@pytest.mark.parametrize("version", [ETAG, OF_THE_ROLE["Last-Modified"]])
def test_a_part_of_this_very_version(handed: Site, version: str) -> None:
    reply = ask(handed.port, PATH, headers={"Range": "bytes=0-9", "If-Range": version})

    assert (reply.status, reply.body) == (206, CONTENT[:10])


@pytest.mark.parametrize("version", ['"other"', "Mon, 23 Nov 2026 09:00:00 GMT"])
def test_a_part_of_another_version_is_the_whole(handed: Site, version: str) -> None:
    reply = ask(handed.port, PATH, headers={"Range": "bytes=0-9", "If-Range": version})

    assert (reply.status, reply.body) == (200, CONTENT)


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ({"If-Match": ETAG}, 200),
        ({"If-Match": '"other"'}, 412),
        ({"If-Unmodified-Since": "Sun, 22 Nov 2026 09:00:00 GMT"}, 200),
        ({"If-Modified-Since": "Sat, 21 Nov 2026 09:00:00 GMT"}, 200),
    ],
)
def test_conditions_are_the_roles_to_judge(
    handed: Site, condition: dict[str, str], status: int
) -> None:
    reply = ask(handed.port, PATH, headers=condition)

    assert (reply.status, reply.body == CONTENT) == (status, status == 200)


def test_the_role_sees_the_address_as_it_was_spelt(site: Site) -> None:
    for spelt in (PATH.replace("w_800", "%77_800"), f"{PATH}?", f"{PATH}?x=%41"):
        ask(site.port, spelt)
        assert site.images.last.path == spelt


def test_what_the_caller_has_already_costs_a_304(handed: Site) -> None:
    reply = ask(handed.port, PATH, headers={"If-None-Match": ETAG})

    assert (reply.status, reply.body) == (304, b"")
    assert reply.header("ETag") == ETAG
    assert reply.header("Cache-Control") == OURS["Cache-Control"]
    assert "content-type" not in reply.names
    assert handed.store.received == []


def test_head_tells_the_length_and_asks_no_store(handed: Site) -> None:
    reply = ask(handed.port, PATH, method="HEAD")

    assert (reply.status, reply.body) == (200, b"")
    assert reply.header("Content-Length") == str(len(CONTENT))
    assert _kept(reply) == OURS
    assert handed.store.received == []


def test_a_second_request_on_the_connection_is_served_as_the_first(handed: Site) -> None:
    assert [ask(handed.port, PATH).body for _ in range(3)] == [CONTENT] * 3


UNDERSTOOD = {404: (404, "not_found"), 410: (404, "not_found"),
              416: (416, "range_not_satisfiable"), 429: (503, "upstream_unavailable"),
              503: (503, "upstream_unavailable"), 504: (504, "upstream_timeout")}  # fmt: skip
SAID = [*(status.value for status in HTTPStatus if status >= HTTPStatus.MULTIPLE_CHOICES),
        425, 509, 520, 522, 526, 530, 598, 599]  # fmt: skip


@pytest.mark.parametrize("said", sorted({*SAID} - {HTTPStatus.REQUEST_TIMEOUT}))
def test_a_failure_of_the_store_is_a_problem_that_nobody_keeps(stored: Site, said: int) -> None:
    stored.store.respond = lambda _: Answer(
        said, {**OF_THE_STORE, "Location": "http://store.internal/"}, b"<Error>images</Error>"
    )

    reply = ask(stored.port, PATH)

    assert (reply.status, problem_of(reply)["code"]) == UNDERSTOOD.get(
        said, (502, "upstream_unavailable")
    )
    assert {"etag", "content-disposition", "location", "x-amz-id-2"}.isdisjoint(reply.names)
    assert b"store" not in reply.body
    assert b"images" not in reply.body


def test_a_store_that_waited_too_long_ends_the_connection_without_a_word(stored: Site) -> None:
    """nginx takes a 408 for one of its own, and says nothing more; so nothing leaks, either."""
    stored.store.respond = lambda _: Answer(408, OF_THE_STORE, b"<Error>images</Error>")

    with pytest.raises(RemoteDisconnected):
        ask(stored.port, PATH)


def test_a_store_that_is_gone_is_a_problem_that_nobody_keeps(stored: Site) -> None:
    stored.store.respond = lambda _: Answer(hang_up=True)

    reply = ask(stored.port, PATH)

    assert reply.status == 502
    assert problem_of(reply)["instance"] == PATH
    assert reply.header("Retry-After") == "2"


def test_a_file_that_is_gone_is_a_problem_that_nobody_keeps(site: Site) -> None:
    site.images.respond = lambda got: location_answer(got, "/_files/none", OF_THE_ROLE)

    reply = ask(site.port, PATH)

    assert reply.status == 404
    assert problem_of(reply)["code"] == "not_found"
    assert {"etag", "content-disposition"}.isdisjoint(reply.names)


@pytest.mark.parametrize("status", [403, 404, 410, 416, 503])
def test_a_refusal_of_the_role_passes_as_it_is(site: Site, status: int) -> None:
    headers = {
        "Content-Type": "application/problem+json",
        "Cache-Control": "no-store",
        "Retry-After": "9",
    }
    site.images.respond = lambda _: Answer(status, headers, b'{"code":"of_the_role"}')

    reply = ask(site.port, PATH)

    assert (reply.status, reply.json) == (status, {"code": "of_the_role"})
    assert reply.header("Cache-Control") == "no-store"
    assert reply.header("Retry-After") == "9"


def test_bytes_that_the_role_sends_itself_pass_too(site: Site) -> None:
    site.images.respond = lambda _: Answer(200, OF_THE_ROLE, CONTENT)

    reply = ask(site.port, PATH)

    assert (reply.status, reply.body) == (200, CONTENT)
    assert _kept(reply) == OURS


def test_a_reader_that_stops_reading_does_not_keep_the_role_busy(site: Site) -> None:
    large = b"x" * 16_000_000
    site.images.respond = lambda _: Answer(200, OF_THE_ROLE, large)

    with opened(site.port, f"GET {PATH} HTTP/1.1\r\nHost: a\r\n\r\n".encode()):
        assert site.images.answered.wait(10.0)  # all of it was taken, and nobody has read it
