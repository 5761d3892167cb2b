"""Bytes handed over: the images role says where they are, and nginx brings them."""

import hashlib
from collections.abc import Iterator, Mapping

import pytest

from tests.edge.conftest import Site
from tests.edge.upstreams import Answer, Received
from tests.edge.wire import Reply, ask, problem_of

pytestmark = pytest.mark.processes

PATH = "/i/k1/1999999999/c2ln/w_800,q_80/0190.webp"
CONTENT = bytes(range(256)) * 400
ETAG = f'"{hashlib.sha256(CONTENT).hexdigest()}"'
KEY = "renditions/0190/w_800,h_600,q_80.webp"
SIGNED = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a%2F20261123%2Fs3&X-Amz-Signature=f00"
STORED_AT = f"/images/renditions/0190/w_800%2Ch_600%2Cq_80.webp?{SIGNED}"
OF_THE_ROLE = {
    "ETag": ETAG,
    "Accept-Ranges": "bytes",
    "Cache-Control": "private, max-age=3600, immutable",
    "Content-Type": "image/webp",
    "Content-Disposition": "attachment; filename=\"alice's dog.webp\"",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}
KEPT = ("ETag", "Cache-Control", "Content-Type", "Content-Disposition", "Accept-Ranges")
OF_THE_STORE = {
    "ETag": '"md5-of-the-store"',
    "Last-Modified": "Mon, 23 Nov 2026 22:00:00 GMT",
    "Content-Type": "text/html",
    "Cache-Control": "public",
    "Content-Disposition": "inline",
    "Set-Cookie": "store=1",
    "Vary": "Origin",
    "Content-Security-Policy": "block-all-mixed-content",
    "X-Xss-Protection": "1; mode=block",
    "x-amz-id-2": "host-7",
    "x-amz-request-id": "17A",
    "x-amz-version-id": "3",
    "x-amz-server-side-encryption": "AES256",
    "x-amz-checksum-crc32": "AAAA",
    "x-amz-content-sha256": "0",
    "X-Minio-Deployment-Id": "d-1",
    "X-Ratelimit-Limit": "100",
    "Accept-Ranges": "bytes",
}


def _location(request: Received, location: str, said: Mapping[str, str]) -> Answer:
    """What the images role answers when the proxy before it brings the bytes."""
    if request.headers.get("if-none-match") == ETAG:
        return Answer(304, said, b"")
    if request.method == "HEAD":
        return Answer(200, {**said, "Content-Length": str(len(CONTENT))}, b"")
    wanted = request.headers.get("range", "")
    part = {"X-Accel-Range": wanted} if request.headers.get("if-range", ETAG) == ETAG else {}
    return Answer(307, {**said, **part, "X-Accel-Redirect": location}, b"")


def _from_store(request: Received) -> Answer:
    wanted = request.headers.get("range", "").removeprefix("bytes=")
    if not wanted:
        return Answer(200, OF_THE_STORE, CONTENT)
    first, last = (int(part) for part in wanted.split("-"))
    part = CONTENT[first : last + 1]
    headers = {**OF_THE_STORE, "Content-Range": f"bytes {first}-{last}/{len(CONTENT)}"}
    return Answer(206, headers, part)


@pytest.fixture(params=["store", "files"])
def handed(site: Site, request: pytest.FixtureRequest) -> Iterator[Site]:
    """A rendition in the store, or as a file; the same must hold for both."""
    location = f"/_store{STORED_AT}" if request.param == "store" else f"/_files/{KEY}"
    site.images.respond = lambda got: _location(got, location, OF_THE_ROLE)
    site.store.respond = _from_store
    file = site.edge.directory / "objects" / KEY
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(CONTENT)
    yield site
    file.unlink()


def _kept(reply: Reply) -> dict[str, str | None]:
    return {name: reply.header(name) for name in KEPT}


OURS = {name: OF_THE_ROLE[name] for name in KEPT}


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
    assert {"set-cookie", "vary", "last-modified", "location", "x-xss-protection"}.isdisjoint(
        reply.names
    )
    assert "x-ratelimit-limit" not in reply.names


@pytest.mark.parametrize(("first", "last"), [(0, 0), (0, 99), (1000, 50_000), (102_399, 102_399)])
def test_a_part_of_the_file(handed: Site, first: int, last: int) -> None:
    reply = ask(handed.port, PATH, headers={"Range": f"bytes={first}-{last}"})

    assert (reply.status, reply.body) == (206, CONTENT[first : last + 1])
    assert reply.header("Content-Range") == f"bytes {first}-{last}/{len(CONTENT)}"
    assert {**_kept(reply), "Accept-Ranges": "bytes"} == OURS


def test_a_part_of_this_very_version(handed: Site) -> None:
    reply = ask(handed.port, PATH, headers={"Range": "bytes=0-9", "If-Range": ETAG})

    assert (reply.status, reply.body) == (206, CONTENT[:10])


def test_a_part_of_another_version_is_the_whole(handed: Site) -> None:
    reply = ask(handed.port, PATH, headers={"Range": "bytes=0-9", "If-Range": '"other"'})

    assert (reply.status, reply.body) == (200, CONTENT)


def test_what_the_caller_has_already_costs_a_304(handed: Site) -> None:
    reply = ask(handed.port, PATH, headers={"If-None-Match": ETAG})

    assert (reply.status, reply.body) == (304, b"")
    assert reply.header("ETag") == ETAG
    assert reply.header("Cache-Control") == OURS["Cache-Control"]
    assert handed.store.received == []


def test_head_tells_the_length_and_asks_no_store(handed: Site) -> None:
    reply = ask(handed.port, PATH, method="HEAD")

    assert (reply.status, reply.body) == (200, b"")
    assert reply.header("Content-Length") == str(len(CONTENT))
    assert _kept(reply) == OURS
    assert handed.store.received == []


def test_a_second_request_on_the_connection_is_served_as_the_first(handed: Site) -> None:
    assert [ask(handed.port, PATH).body for _ in range(3)] == [CONTENT] * 3


@pytest.fixture
def stored(site: Site) -> Site:
    """A rendition in the store."""
    site.images.respond = lambda got: _location(got, f"/_store{STORED_AT}", OF_THE_ROLE)
    site.store.respond = _from_store
    return site


def test_the_store_is_asked_exactly_as_it_was_signed(stored: Site) -> None:
    ask(stored.port, PATH, headers={"Authorization": "Bearer alice", "Cookie": "refresh=1"})

    request = stored.store.last
    assert (request.method, request.path) == ("GET", STORED_AT)
    assert request.headers == {
        "host": stored.store.address,
        "accept-encoding": "identity",
        "connection": "close",
    }


def test_only_the_roles_word_counts_about_the_range(stored: Site) -> None:
    stored.images.respond = lambda _: Answer(
        307, {**OF_THE_ROLE, "X-Accel-Redirect": f"/_store{STORED_AT}"}, b""
    )

    reply = ask(stored.port, PATH, headers={"Range": "bytes=0-1,5-6"})

    assert (reply.status, reply.body) == (200, CONTENT)
    assert "range" not in stored.store.last.headers


@pytest.mark.parametrize(
    ("said", "told", "code"),
    [
        (404, 404, "not_found"),
        (416, 416, "range_not_satisfiable"),
        (503, 503, "upstream_unavailable"),
        (301, 502, "upstream_unavailable"),
        (307, 502, "upstream_unavailable"),
        (400, 502, "upstream_unavailable"),
        (403, 502, "upstream_unavailable"),
        (500, 502, "upstream_unavailable"),
    ],
)
def test_a_failure_of_the_store_is_a_problem_that_nobody_keeps(
    stored: Site, said: int, told: int, code: str
) -> None:
    stored.store.respond = lambda _: Answer(
        said, {**OF_THE_STORE, "Location": "http://store.internal/"}, b"<Error>images</Error>"
    )

    reply = ask(stored.port, PATH)

    assert reply.status == told
    assert problem_of(reply)["code"] == code
    assert {"etag", "content-disposition", "location", "x-amz-id-2"}.isdisjoint(reply.names)
    assert b"store" not in reply.body


def test_a_store_that_is_gone_is_a_problem_that_nobody_keeps(stored: Site) -> None:
    stored.store.respond = lambda _: Answer(hang_up=True)

    reply = ask(stored.port, PATH)

    assert reply.status == 502
    assert problem_of(reply)["instance"] == PATH
    assert reply.header("Retry-After") == "2"


def test_a_file_that_is_gone_is_a_problem_that_nobody_keeps(site: Site) -> None:
    site.images.respond = lambda got: _location(got, "/_files/none", OF_THE_ROLE)

    reply = ask(site.port, PATH)

    assert reply.status == 404
    assert problem_of(reply)["code"] == "not_found"
    assert {"etag", "content-disposition"}.isdisjoint(reply.names)


@pytest.mark.parametrize("location", ["/_store/%0d%0aX-Evil:1", "/_store/a b", "/_store/a;b", "/_store"])
def test_a_strange_location_is_followed_nowhere(site: Site, location: str) -> None:
    site.images.respond = lambda _: Answer(307, {"X-Accel-Redirect": location}, b"")

    assert ask(site.port, PATH).status in {404, 502}
    assert site.store.received == []


@pytest.mark.parametrize("path", ["/_store/images/x", f"/_store{STORED_AT}", "/_files/x"])
def test_the_way_to_the_store_is_not_open_from_outside(stored: Site, path: str) -> None:
    assert ask(stored.port, path).status == 404
    assert stored.nobody_was_asked()


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

