"""Whole objects: stored, read, replaced, deleted."""

import hashlib
import random
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Final
from urllib.parse import urlsplit

from tests.stores.contract.checks import Asked, check, refused
from tests.stores.contract.signing import signed_put

LARGE: Final = 8 * 2**20


@check("Objects", "what is put comes back byte for byte")
def put_and_get(at: Asked) -> None:
    name = at.name("whole")
    at.put(name, b"a picture")
    assert at.get(name) == b"a picture"


@check("Objects", "the ETag of an object is the MD5 of its bytes")
def etag(at: Asked) -> None:
    name = at.name("etag")
    told = at.put(name, b"a picture")["ETag"]
    assert told.strip('"') == hashlib.md5(b"a picture", usedforsecurity=False).hexdigest()


@check("Objects", "PUT, HEAD, GET and the list tell the same ETag")
def one_etag(at: Asked) -> None:
    name = at.name("etags")
    told = at.put(name)["ETag"]
    got = at.client.get_object(Bucket=at.bucket, Key=name)["ETag"]
    listed = at.client.list_objects_v2(Bucket=at.bucket, Prefix=name)["Contents"][0]["ETag"]
    assert {told, got, listed, at.head(name)["ETag"]} == {told}


@check("Objects", "an object keeps its content type")
def content_type(at: Asked) -> None:
    name = at.name("type")
    at.put(name, ContentType="image/avif")
    assert at.head(name)["ContentType"] == "image/avif"


@check("Objects", "an object keeps metadata of its own, and its Cache-Control")
def metadata(at: Asked) -> None:
    name = at.name("metadata")
    at.put(name, Metadata={"sha256": "0123"}, CacheControl="private, max-age=60")
    told = at.head(name)
    assert told["Metadata"] == {"sha256": "0123"}
    assert told["CacheControl"] == "private, max-age=60"


@check("Objects", "an object may be empty")
def empty(at: Asked) -> None:
    name = at.name("empty")
    at.put(name, b"")
    assert (at.get(name), at.head(name)["ContentLength"]) == (b"", 0)


@check("Objects", "8 MiB come back with the same hash")
def large(at: Asked) -> None:
    name, body = at.name("large"), random.Random(1).randbytes(LARGE)
    at.put(name, body)
    assert at.head(name)["ContentLength"] == LARGE
    assert hashlib.sha256(at.get(name)).digest() == hashlib.sha256(body).digest()


@check("Objects", "a second PUT replaces the first at once")
def replaced(at: Asked) -> None:
    name = at.name("replaced")
    for body in (b"first", b"second, which is longer", b"third"):
        at.put(name, body)
        assert at.get(name) == body


@check("Objects", "writers at once of one key all succeed, and one of them is read whole")
def writers_at_once(at: Asked) -> None:
    name = at.name("at-once")
    bodies = [bytes([number]) * 50_000 for number in range(16)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda body: at.put(name, body), bodies))
    assert at.get(name) in bodies


@check("Objects", "GET of what is not there is NoSuchKey")
def missing_get(at: Asked) -> None:
    with refused("NoSuchKey"):
        at.get(at.name("missing"))


@check("Objects", "HEAD of what is not there is 404")
def missing_head(at: Asked) -> None:
    with refused("404", "NoSuchKey", "NotFound"):
        at.head(at.name("missing"))


@check("Objects", "what is deleted is gone at once, from the list too")
def deleted(at: Asked) -> None:
    name = at.name("deleted")
    at.put(name)
    at.client.delete_object(Bucket=at.bucket, Key=name)
    assert at.is_missing(name)
    assert at.names(name) == []


@check("Objects", "deleting what is not there is no error")
def missing_delete(at: Asked) -> None:
    at.client.delete_object(Bucket=at.bucket, Key=at.name("missing"))


@check("Objects", "HEAD of the bucket answers, and of a bucket that is not there is refused")
def bucket_head(at: Asked) -> None:
    at.client.head_bucket(Bucket=at.bucket)
    with refused("404", "NoSuchBucket", "403", "AccessDenied"):
        at.client.head_bucket(Bucket=f"{at.bucket}-missing")


@check("Objects", "a PUT that breaks off leaves nothing, and not the old bytes changed")
def broken_off(at: Asked) -> None:
    new, old = at.name("broken"), at.name("broken")
    at.put(old, b"old")
    for name in (new, old):
        body = bytes(200_000)
        request = signed_put(at, name, body)
        parts = urlsplit(request.url)
        lines = [f"PUT {parts.path} HTTP/1.1", f"Host: {parts.netloc}"]
        lines += [f"{key}: {value}" for key, value in request.headers.items()]
        with socket.create_connection((str(parts.hostname), parts.port or 80), 10) as half:
            half.sendall("\r\n".join([*lines, "", ""]).encode() + body[:100_000])
    assert at.is_missing(new)
    assert at.get(old) == b"old"
