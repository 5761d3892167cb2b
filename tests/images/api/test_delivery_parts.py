"""What a client has already, and what it asks for a part of: conditions and ranges."""

from typing import Any

import pytest
from django.test import Client
from django.utils.http import http_date, parse_http_date

from images import storage
from images.models import Image
from tests.images.api.test_delivery import body_of
from tests.images.pictures import jpeg, sha256

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_same_version_is_not_sent_again(
    client: Client, original: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    etag = f'"{sha256(jpeg())}"'
    monkeypatch.setattr(storage, "object_open", None)
    reply = client.get(original, headers={"If-None-Match": f'"other", {etag}'})
    assert (reply.status_code, reply.content) == (304, b"")
    assert reply.headers["ETag"] == etag


def modified_of(reply: Any) -> float:
    moment: float = parse_http_date(reply.headers["Last-Modified"])
    return moment


def test_the_moment_of_the_bytes_is_told_and_honoured(client: Client, original: str) -> None:
    reply = client.get(original)
    reply.close()
    made = modified_of(reply)
    assert made == int(Image.objects.get().created_at.timestamp())
    same = client.get(original, headers={"If-Modified-Since": http_date(made)})
    assert (same.status_code, same.content) == (304, b"")
    assert same.headers["Last-Modified"] == reply.headers["Last-Modified"]
    assert "Content-Type" not in same.headers
    for headers, status in (
        ({"If-Modified-Since": http_date(made - 1)}, 200),
        ({"If-Modified-Since": "yesterday"}, 200),
        ({"If-Modified-Since": http_date(made), "If-None-Match": '"other"'}, 200),
        ({"If-Unmodified-Since": http_date(made)}, 200),
        ({"If-Unmodified-Since": http_date(made - 1)}, 412),
        ({"If-Unmodified-Since": "yesterday"}, 200),
    ):
        reply = client.get(original, headers=headers)
        assert reply.status_code == status, headers
        reply.close()


@pytest.mark.parametrize("accel", [False, True])
@pytest.mark.parametrize("method", ["get", "head"])
def test_what_if_match_insists_on_is_sent_or_nothing(
    client: Client, original: str, settings: Any, method: str, *, accel: bool
) -> None:
    settings.DELIVERY_ACCEL = accel
    etag = f'"{sha256(jpeg())}"'
    ask = getattr(client, method)
    for tag in (etag, f'"other", {etag}', "*"):
        reply = ask(original, headers={"If-Match": tag, "Range": "bytes=0-4"})
        assert reply.status_code == 206, tag
        assert body_of(reply) == (jpeg()[:5] if method == "get" else b"")
    for tag in ('"other"', f"W/{etag}"):
        reply = ask(original, headers={"If-Match": tag, "Range": "bytes=0-4"})
        assert reply.status_code == 412, tag
        assert reply.headers["Cache-Control"] == "no-store"
    assert client.get(original, headers={"If-Match": '"x"'}).json()["code"] == "precondition_failed"


def test_a_part_is_handed_over_to_nginx_with_its_moment(
    client: Client, original: str, settings: Any
) -> None:
    settings.DELIVERY_ACCEL = True
    reply = client.get(original, headers={"Range": "BYTES=2-4"})
    assert (reply.status_code, reply.headers["X-Accel-Range"]) == (307, "bytes=2-4")
    assert modified_of(reply) == int(Image.objects.get().created_at.timestamp())


def test_the_same_day_gives_a_part_and_another_the_whole(client: Client, original: str) -> None:
    reply = client.get(original)
    reply.close()
    made = modified_of(reply)
    for condition, status in (
        (reply.headers["Last-Modified"], 206),
        (http_date(made - 1), 200),
        (http_date(made + 1), 200),
        (f"W/{reply.headers['ETag']}", 200),
        ("", 200),
    ):
        part = client.get(original, headers={"Range": "bytes=0-4", "If-Range": condition})
        assert part.status_code == status, condition
        part.close()


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=10-19", 10, 19),
        ("bytes=100-", 100, -1),
        ("bytes=-7", -7, -1),
        ("Bytes=10-19", 10, 19),
        ("BYTES=-7", -7, -1),
    ],
)
def test_a_range_is_sent_in_part(
    client: Client, original: str, asked: str, first: int, last: int
) -> None:
    size = len(jpeg())
    start, end = first % size, last % size
    reply = client.get(original, headers={"Range": asked})
    assert reply.status_code == 206
    assert body_of(reply) == jpeg()[start : end + 1]
    assert reply.headers["Content-Range"] == f"bytes {start}-{end}/{size}"
    assert reply.headers["Content-Length"] == str(end - start + 1)


@pytest.mark.parametrize(
    "headers",
    [
        {"Range": "bytes=5-2"},
        {"Range": "bytes=0-1,3-4"},
        {"Range": "lines=1-2"},
        {"Range": "bytes=-"},
        {"Range": f"bytes=0-{'9' * 5_000}"},
        {"Range": "bytes=0-1", "If-Range": '"another"'},
    ],
)
def test_a_range_that_does_not_count_gives_the_whole(
    client: Client, original: str, headers: dict[str, str]
) -> None:
    reply = client.get(original, headers=headers)
    assert reply.status_code == 200
    assert body_of(reply) == jpeg()


@pytest.mark.parametrize("asked", ["bytes=999999-", "bytes=-0"])
def test_a_range_beyond_the_end_is_refused(client: Client, original: str, asked: str) -> None:
    reply = client.get(original, headers={"Range": asked})
    assert (reply.status_code, reply.json()["code"]) == (416, "range_not_satisfiable")
    assert reply.headers["Content-Range"] == f"bytes */{len(jpeg())}"
