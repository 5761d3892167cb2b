"""Parts of objects, as delivery and resumed downloads ask for them."""

from typing import Final

from tests.stores.contract.checks import Asked, check, refused

DIGITS: Final = b"0123456789"


def _stored(at: Asked) -> str:
    name = at.name("digits")
    at.put(name, DIGITS)
    return name


@check("Ranges", "a range comes as 206 with its Content-Range")
def part(at: Asked) -> None:
    got = at.client.get_object(Bucket=at.bucket, Key=_stored(at), Range="bytes=2-4")
    assert got["Body"].read() == b"234"
    assert got["ContentRange"] == "bytes 2-4/10"
    assert got["ResponseMetadata"]["HTTPStatusCode"] == 206


@check("Ranges", "a range without an end reaches to the last byte")
def rest(at: Asked) -> None:
    assert at.get(_stored(at), Range="bytes=7-") == b"789"


@check("Ranges", "a range of the last bytes")
def suffix(at: Asked) -> None:
    assert at.get(_stored(at), Range="bytes=-3") == b"789"


@check("Ranges", "a range that ends after the object ends with it")
def clipped(at: Asked) -> None:
    assert at.get(_stored(at), Range="bytes=8-99") == b"89"


@check("Ranges", "a range that begins after the object is 416 InvalidRange")
def beyond(at: Asked) -> None:
    with refused("InvalidRange", status=416):
        at.get(_stored(at), Range="bytes=10-")


@check("Ranges", "HEAD tells that ranges are taken")
def told(at: Asked) -> None:
    assert at.head(_stored(at))["AcceptRanges"] == "bytes"
