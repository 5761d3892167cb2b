"""Bytes that were brought a moment ago: who is asked again, and when."""

import shlex
import subprocess
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.edge.conftest import Site, variables_for
from tests.edge.handover import (
    CONTENT,
    ETAG,
    KEPT,
    KEY,
    OF_THE_ROLE,
    PATH,
    STORED_AT,
    location_answer,
    store_answer,
)
from tests.edge.server import Edge, running_edge
from tests.edge.upstreams import Answer, serving
from tests.edge.wire import Reply, ask

pytestmark = pytest.mark.processes

PAGE = Path(__file__).resolve().parents[2] / "docs" / "deploy.md"
OURS = {name: OF_THE_ROLE[name] for name in KEPT}


def kept_for(site: Site, seconds: str, said: Mapping[str, str] = OF_THE_ROLE) -> None:
    """Let the role answer that the rendition in the store may be kept for so long."""
    lasting = {**said, "X-Accel-Expires": seconds}
    site.images.respond = lambda got: location_answer(got, f"/_store{STORED_AT}", lasting)
    site.store.respond = store_answer


def asked(site: Site) -> tuple[int, int]:
    """How often the role and the store were asked."""
    return len(site.images.received), len(site.store.received)


def emptied(edge: Edge) -> None:
    """Purge as the page for operators says."""
    (command,) = [line for line in PAGE.read_text().splitlines() if "-- find /tmp/" in line]
    find, _, *rest = shlex.split(command.partition(" -- ")[2])
    subprocess.run([find, edge.directory / "cache" / "delivery", *rest], check=True)


@pytest.fixture(autouse=True)
def empty(site: Site) -> None:
    emptied(site.edge)


@pytest.fixture(params=["store", "files"])
def warm(site: Site, request: pytest.FixtureRequest) -> Iterator[Site]:
    """A site that has just brought the rendition, and whose upstreams have heard of nothing yet."""
    location = f"/_store{STORED_AT}" if request.param == "store" else f"/_files/{KEY}"
    said = {**OF_THE_ROLE, "X-Accel-Expires": "59"}
    file = site.edge.directory / "objects" / KEY
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(CONTENT)
    for _ in range(2):
        site.images.respond = lambda got: location_answer(got, location, said)
        site.store.respond = store_answer
        assert ask(site.port, PATH).body == CONTENT
        for upstream in site.upstreams:
            upstream.begin_anew()
    site.images.respond = lambda got: location_answer(got, location, said)
    site.store.respond = store_answer
    yield site
    file.unlink()


def told(reply: Reply) -> dict[str, str | None]:
    """The headers, without those that belong to one answer."""
    own = {"date", "x-request-id", "connection"}
    return {name: reply.header(name) for name in reply.names - own}


def test_the_second_request_asks_nobody_and_differs_in_nothing(site: Site) -> None:
    kept_for(site, "59")
    first = ask(site.port, PATH, headers={"X-Request-ID": "order-2026-0001"})
    second = ask(site.port, PATH, headers={"X-Request-ID": "order-2026-0002"})

    assert asked(site) == (1, 1)
    assert (second.status, second.body) == (200, CONTENT)
    assert told(second) == told(first)
    assert {name: second.header(name) for name in KEPT} == OURS
    assert second.header("X-Request-ID") == "order-2026-0002"
    assert not [name for name in second.names if name.startswith(("x-accel", "x-amz"))]


def test_what_is_kept_is_what_is_brought_without_a_cache(site: Site) -> None:
    """The headers of an edge without a cache, and of one that fills its own and reads from it."""
    kept_for(site, "59")
    with running_edge(
        variables_for(*(role.address for role in site.upstreams), DELIVERY_CACHE_MB="0")
    ) as plain:
        without = ask(plain.port, PATH)
    for _ in range(2):
        reply = ask(site.port, PATH)
        assert (reply.body, told(reply)) == (without.body, told(without))


def test_the_role_hears_from_inside_what_it_hears_without_a_cache(site: Site) -> None:
    kept_for(site, "59")
    headers = {"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "https", "Host": "photos.example"}
    headers |= {"Authorization": "Bearer alice", "Cookie": "refresh=1", "Forwarded": "for=6.6.6.6"}
    headers |= {"X-Request-ID": "order-2026-0003"}
    with running_edge(
        variables_for(*(role.address for role in site.upstreams), DELIVERY_CACHE_MB="0")
    ) as plain:
        ask(plain.port, PATH, headers=headers)
    without = dict(site.images.last.headers)
    ask(site.port, PATH, headers=headers)
    inside = dict(site.images.last.headers)

    assert inside["traceparent"] != without["traceparent"]
    del inside["traceparent"], without["traceparent"]
    assert inside == without
    assert inside["x-forwarded-for"] == "127.0.0.1"


def test_the_scheme_that_the_ingress_tells_reaches_the_role(site: Site) -> None:
    kept_for(site, "59")
    addresses = [role.address for role in site.upstreams]
    with running_edge(variables_for(*addresses, CLIENT_ADDRESS_FROM="127.0.0.1")) as edge:
        headers = {"X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "https"}
        assert ask(edge.port, PATH, headers=headers).status == 200
    assert site.images.last.headers["x-forwarded-for"] == "198.51.100.7"
    assert site.images.last.headers["x-forwarded-proto"] == "https"


@pytest.mark.parametrize(
    ("headers", "status", "body"),
    [
        ({"Range": "bytes=0-9"}, 206, CONTENT[:10]),
        ({"Range": "Bytes=100-199"}, 206, CONTENT[100:200]),
        ({"Range": "bytes=0-9", "If-Range": ETAG}, 206, CONTENT[:10]),
        ({"Range": "bytes=0-9", "If-Range": '"other"'}, 200, CONTENT),
        ({"If-None-Match": ETAG}, 304, b""),
        ({"If-None-Match": '"other"'}, 200, CONTENT),
        ({"If-Match": ETAG}, 200, CONTENT),
        ({"If-Match": '"other"'}, 412, b'{"code":"precondition_failed"}'),
        ({"If-Unmodified-Since": OF_THE_ROLE["Last-Modified"]}, 200, CONTENT),
        ({"If-Modified-Since": "Sat, 21 Nov 2026 09:00:00 GMT"}, 200, CONTENT),
    ],
)
def test_ranges_and_conditions_are_the_roles_to_judge_though_the_bytes_are_kept(
    warm: Site, headers: dict[str, str], status: int, body: bytes
) -> None:
    reply = ask(warm.port, PATH, headers=headers)

    assert (reply.status, reply.body) == (status, body)
    assert len(warm.images.received) == 1
    assert ask(warm.port, PATH).body == CONTENT
    assert len(warm.images.received) == 1, "and what is kept stays whole"


def test_head_is_answered_by_the_role_and_keeps_nothing(site: Site) -> None:
    kept_for(site, "59")
    for _ in range(2):
        reply = ask(site.port, PATH, method="HEAD")
        assert (reply.status, reply.header("Content-Length")) == (200, str(len(CONTENT)))
    assert asked(site) == (2, 0)


def test_a_part_is_not_taken_for_the_whole(site: Site) -> None:
    kept_for(site, "59")
    assert ask(site.port, PATH, headers={"Range": "bytes=0-9"}).body == CONTENT[:10]
    assert ask(site.port, PATH).body == CONTENT


def test_what_is_kept_is_gone_when_its_time_is_over(site: Site) -> None:
    """As after a picture was deleted or withheld: the role refuses, and nobody else answers."""
    kept_for(site, "1")
    assert ask(site.port, PATH).status == 200
    refusal = {"Content-Type": "application/problem+json", "Cache-Control": "no-store"}
    site.images.respond = lambda _: Answer(404, refusal, b'{"code":"image_not_found"}')
    assert ask(site.port, PATH).status == 200
    deadline = time.monotonic() + 2.1  # whole seconds, of which the last counts
    while time.monotonic() < deadline and ask(site.port, PATH).status == 200:
        time.sleep(0.05)
    gone = ask(site.port, PATH)
    assert (gone.status, gone.json) == (404, {"code": "image_not_found"})


def test_an_address_is_not_served_beyond_its_end(site: Site) -> None:
    end = int(time.time()) + 2
    kept_for(site, f"@{end - 1}")
    ask(site.port, PATH)
    site.images.respond = lambda _: Answer(410, {}, b"")
    statuses = []
    while (now := time.time()) < end + 0.3:
        statuses.append((now, ask(site.port, PATH).status))
        time.sleep(0.05)
    assert 200 in {status for _, status in statuses}, "it was kept at all"
    assert {status for asked_at, status in statuses if asked_at >= end} == {410}


@pytest.mark.parametrize("seconds", [None, "0", "-5", "@1"])
def test_what_the_role_does_not_let_be_kept_is_not(site: Site, seconds: str | None) -> None:
    kept_for(site, seconds or "59")
    if seconds is None:
        site.images.respond = lambda got: location_answer(got, f"/_store{STORED_AT}", OF_THE_ROLE)
    for _ in range(3):
        assert ask(site.port, PATH).body == CONTENT
    assert asked(site) == (3, 3)


@pytest.mark.parametrize("status", [403, 404, 410, 416, 500, 503])
def test_a_refusal_is_never_kept(site: Site, status: int) -> None:
    said = {"Content-Type": "application/problem+json", "Cache-Control": "max-age=60"}
    site.images.respond = lambda _: Answer(status, said, b'{"code":"of_the_role"}')
    for _ in range(2):
        assert ask(site.port, PATH).status == status
    assert asked(site) == (2, 0)


def test_a_failure_of_the_store_is_never_kept(site: Site) -> None:
    kept_for(site, "59")
    site.store.respond = lambda _: Answer(404)
    assert ask(site.port, PATH).status == 404
    site.store.respond = store_answer
    assert ask(site.port, PATH).status == 200


def test_other_spellings_and_a_query_are_other_addresses(warm: Site) -> None:
    for spelt in (PATH.replace("w_800", "%77_800"), f"{PATH}?", f"{PATH}?x=1"):
        ask(warm.port, spelt)
        assert warm.images.last.path == spelt


def test_many_who_ask_at_once_cost_one_question(site: Site) -> None:
    kept_for(site, "59")
    answer = site.images.respond

    def slow(got: object) -> Answer:
        time.sleep(0.3)
        return answer(got)  # type: ignore[arg-type]

    site.images.respond = slow
    with ThreadPoolExecutor(12) as pool:
        replies = list(pool.map(lambda _: ask(site.port, PATH), range(12)))
    assert {(reply.status, reply.body) for reply in replies} == {(200, CONTENT)}
    assert asked(site) == (1, 1)


def test_pages_of_other_origins_have_answers_of_their_own(site: Site) -> None:
    def of_origin(said: Mapping[str, str]) -> None:
        kept_for(site, "59", {**OF_THE_ROLE, "Vary": "Origin", **said})

    name = "Access-Control-Allow-Origin"
    of_origin({name: "https://a.example"})
    first = ask(site.port, PATH, headers={"Origin": "https://a.example"})
    of_origin({})
    other = ask(site.port, PATH, headers={"Origin": "https://b.example"})
    again = ask(site.port, PATH, headers={"Origin": "https://a.example"})
    assert [reply.header(name) for reply in (first, other, again)] == [
        "https://a.example", None, "https://a.example",
    ]  # fmt: skip
    assert asked(site) == (2, 2)


def test_the_purge_that_operators_are_told_forgets_everything(warm: Site) -> None:
    assert ask(warm.port, PATH).status == 200
    assert warm.images.received == []
    emptied(warm.edge)
    assert ask(warm.port, PATH).body == CONTENT
    assert len(warm.images.received) == 1


def test_the_log_says_what_came_from_the_cache(site: Site) -> None:
    kept_for(site, "59")
    with running_edge(variables_for(*(role.address for role in site.upstreams))) as edge:
        ask(edge.port, PATH)
        ask(edge.port, PATH)
        ask(edge.port, PATH, headers={"Range": "bytes=0-1"})
        lines = edge.log_lines(3)
    assert [(line["route"], line["status"], line["cache"]) for line in lines] == [
        ("delivery", 200, "MISS"), ("delivery", 200, "HIT"), ("delivery", 206, ""),
    ]  # fmt: skip


def test_without_disk_for_it_every_request_asks_the_role(site: Site) -> None:
    kept_for(site, "59")
    variables = variables_for(*(role.address for role in site.upstreams), DELIVERY_CACHE_MB="0")
    with running_edge(variables) as edge:
        for _ in range(3):
            assert ask(edge.port, PATH).body == CONTENT
    assert asked(site) == (3, 3)


def test_an_nginx_that_was_killed_leaves_nothing_in_the_way_of_its_successor(site: Site) -> None:
    kept_for(site, "59")
    with ExitStack() as stack:
        roles = [stack.enter_context(serving()) for _ in range(4)]
        edge = stack.enter_context(running_edge(variables_for(*(r.address for r in roles))))
        edge.killed()
        assert (edge.directory / "delivery.sock").exists()
        edge.started_anew()
        assert ask(edge.port, PATH).status == 200
