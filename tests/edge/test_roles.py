"""The real roles behind the real edge: one address for everything, as a user has it."""

from collections.abc import Iterator

import pytest

from tests.edge.conftest import variables_for
from tests.edge.server import Edge, running_edge
from tests.edge.wire import ask, problem_of
from tests.main_job.steps import photograph_is_published
from tests.servers.person import PHOTOGRAPHS, Person
from tests.servers.platform import Platform, platform

pytestmark = pytest.mark.processes

PHOTOGRAPH = PHOTOGRAPHS / "mountains.jpg"


@pytest.fixture(scope="module")
def split(nginx_is_here: None, postgresql_url: str) -> Iterator[Platform]:
    """Every role behind one proxy that it believes, and that brings the bytes."""
    extra = {"TRUSTED_PROXY_COUNT": "1", "DELIVERY_ACCEL": "true"}
    with platform(postgresql_url, extra=extra) as running:
        yield running


@pytest.fixture(scope="module")
def edge(split: Platform) -> Iterator[Edge]:
    addresses = [split.address(role) for role in ("gateway", "auth", "images")]
    hosts = [address.removeprefix("http://") for address in (*addresses, split.store.endpoint)]
    with running_edge(variables_for(*hosts)) as running:
        yield running


@pytest.fixture(scope="module")
def alice(edge: Edge) -> Person:
    """Alice, who knows one address."""
    return Person("alice@example.com", api=edge.url, auth=edge.url, delivery=edge.url).sign_up()


@pytest.fixture(scope="module")
def rendition(alice: Person, edge: Edge) -> str:
    """The path of a finished rendition of hers."""
    stored = alice.upload(PHOTOGRAPH, presets="thumb").json
    alice.job_ended(stored["job"]["id"])
    (first, *_) = alice.image(stored["image"]["id"])["renditions"]
    url = str(first["url"])
    assert url.startswith(f"{edge.url}/i/")
    return url.removeprefix(edge.url)


def test_a_photograph_is_published_through_one_address(alice: Person) -> None:
    photograph_is_published(alice, PHOTOGRAPHS / "wine-portrait-exif.jpg")


def test_the_images_role_says_only_where_the_bytes_are(
    split: Platform, edge: Edge, rendition: str
) -> None:
    inside = ask(split.ports["images"], rendition)
    outside = ask(edge.port, rendition)

    assert (inside.status, inside.body) == (307, b"")
    assert (inside.header("X-Accel-Redirect") or "").startswith(f"/_store/{split.store.bucket}/")
    assert outside.status == 200
    assert len(outside.body) > 1000
    for name in ("ETag", "Content-Type", "Cache-Control", "Accept-Ranges"):
        assert outside.header(name) == inside.header(name)
    assert not [name for name in outside.names if name.startswith(("x-amz", "x-accel"))]


def test_a_part_an_unchanged_file_and_its_length(edge: Edge, rendition: str) -> None:
    whole = ask(edge.port, rendition)
    size, etag = len(whole.body), whole.header("ETag") or ""

    part = ask(edge.port, rendition, headers={"Range": "bytes=10-19"})
    tail = ask(edge.port, rendition, headers={"Range": "bytes=-7", "If-Range": etag})
    beyond = ask(edge.port, rendition, headers={"Range": f"bytes={size}-"})
    unchanged = ask(edge.port, rendition, headers={"If-None-Match": etag})
    head = ask(edge.port, rendition, method="HEAD")

    assert (part.status, part.body) == (206, whole.body[10:20])
    assert part.header("Content-Range") == f"bytes 10-19/{size}"
    assert (tail.status, tail.body) == (206, whole.body[-7:])
    assert (beyond.status, beyond.header("Content-Range")) == (416, f"bytes */{size}")
    assert (unchanged.status, unchanged.body) == (304, b"")
    assert (head.status, head.header("Content-Length")) == (200, str(size))
    assert {reply.header("ETag") for reply in (whole, part, tail, unchanged, head)} == {etag}


def test_an_original_comes_as_an_attachment_in_one_piece(alice: Person, edge: Edge) -> None:
    stored = alice.upload(PHOTOGRAPH, presets="thumb").json
    path = alice.image(stored["image"]["id"])["links"]["original"].removeprefix(edge.url)

    reply = ask(edge.port, path)

    assert (reply.status, reply.body) == (200, PHOTOGRAPH.read_bytes())
    assert (reply.header("Content-Disposition") or "").startswith("attachment; filename=")


def test_a_changed_character_is_forbidden(edge: Edge, rendition: str) -> None:
    reply = ask(edge.port, rendition.replace("/thumb/", "/original/"))

    assert reply.status == 403
    assert problem_of(reply)["code"] == "signature_invalid"


def test_an_object_that_the_store_has_lost_is_a_problem_that_nobody_keeps(
    split: Platform, alice: Person, edge: Edge
) -> None:
    stored = alice.upload(PHOTOGRAPHS / "dogs-progressive.jpg", presets="thumb").json
    path = alice.image(stored["image"]["id"])["links"]["original"].removeprefix(edge.url)
    key = f"originals/{stored['image']['id']}"
    split.store.client().delete_object(Bucket=split.store.bucket, Key=key)

    reply = ask(edge.port, path)

    assert reply.status == 404
    assert problem_of(reply)["code"] == "not_found"
    assert split.store.bucket.encode() not in reply.body


def test_a_version_that_was_read_with_compression_can_still_be_changed(
    alice: Person, edge: Edge
) -> None:
    image_id = alice.upload(PHOTOGRAPH).json["image"]["id"]
    path = f"/api/v1/images/{image_id}"
    read = alice.send("GET", path, headers={"Accept-Encoding": "gzip"})

    changed = alice.send("PATCH", path, {"title": "Sea"}, {"If-Match": read.headers["ETag"]})

    assert (changed.status, changed.json["title"]) == (200, "Sea")


def test_the_address_of_a_session_is_the_callers_and_cannot_be_made_up(alice: Person) -> None:
    reply = alice.send("GET", "/auth/sessions", headers={"X-Forwarded-For": "203.0.113.9"})

    assert {session["address"] for session in reply.json["results"]} == {"127.0.0.1"}


def test_the_inside_of_a_role_is_not_reached(alice: Person, edge: Edge) -> None:
    for path in ("/internal/v1/status", "/internal/v1/images", "/internal/v1/token", "/metrics"):
        assert alice.send("GET", path).status == 404
        assert alice.send("POST", path, {}).status == 404
    direct = alice.send("GET", "/i/../internal/v1/status")
    assert direct.status == 404
    assert edge.pid
