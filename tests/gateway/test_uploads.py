"""gateway/uploads.py: a body passes through in pieces, measured and hashed."""

import hashlib
import io
import tracemalloc

import pytest
from django.http import UnreadablePostError
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from gateway.errors import (
    UploadFormRequired,
    UploadInterrupted,
    UploadLengthRequired,
    UploadTooLarge,
)
from gateway.uploads import CHUNK_BYTES, BodyHash, UploadBody, upload_body
from platform_site.kit.rest.problems import DomainError

FORM = "multipart/form-data; boundary=b"


def body_over(source: io.BytesIO, length: int) -> UploadBody:
    return UploadBody(source, length=length, content_type=FORM, boundary="b")


def refusal(**meta: str) -> DomainError:
    request = RequestFactory().post("/", b"", content_type=FORM)
    request.META.update({"CONTENT_TYPE": FORM, "CONTENT_LENGTH": "10", **meta})
    with pytest.raises(DomainError) as caught:
        upload_body(request)
    return caught.value


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "application/json",
        "multipart/mixed; boundary=b",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        f"multipart/form-data; boundary={'b' * 71}",
        f"{FORM}; charset=hex",
        f"{FORM}; charset=idna",
        f"{FORM}; charset=latin-1",
        f"{FORM}; charset=",
    ],
)
def test_only_a_form_with_a_boundary_is_taken(content_type: str) -> None:
    error = refusal(CONTENT_TYPE=content_type)
    assert (type(error), error.status) == (UploadFormRequired, 415)


def test_a_form_may_say_that_it_is_utf8() -> None:
    request = RequestFactory().post("/", b"12345", content_type=f"{FORM}; charset=UTF-8")
    assert upload_body(request).length == 5


@pytest.mark.parametrize("length", ["", "-1", "+5", "1e3", "²"])
def test_a_length_is_required(length: str) -> None:
    error = refusal(CONTENT_LENGTH=length)
    assert (type(error), error.status) == (UploadLengthRequired, 411)


def test_a_chunked_body_has_no_length_to_believe() -> None:
    assert refusal(HTTP_TRANSFER_ENCODING="chunked").status == 411


def test_a_file_and_its_form_have_a_largest_size(settings: Settings) -> None:
    settings.UPLOAD_MAX_BYTES = 1000
    error = refusal(CONTENT_LENGTH=str(1000 + 64 * 1024 + 1))
    assert (type(error), error.code) == (UploadTooLarge, "file_too_large")
    request = RequestFactory().post("/", b"", content_type=FORM)
    request.META.update({"CONTENT_TYPE": FORM, "CONTENT_LENGTH": str(1000 + 64 * 1024)})
    assert upload_body(request).length == 1000 + 64 * 1024


@pytest.mark.parametrize("size", [-1, 0, 10**9])
def test_a_read_is_never_larger_than_a_chunk(size: int) -> None:
    body = body_over(io.BytesIO(b"x" * 200_000), 200_000)
    assert len(body.read(size)) == CHUNK_BYTES


def test_nothing_is_read_beyond_the_announced_length() -> None:
    source = io.BytesIO(b"0123456789next request")
    body = body_over(source, 10)
    assert body.read(100) == b"0123456789"
    assert body.read(100) == b""
    assert source.read() == b"next request"


def test_a_body_that_ends_early_is_interrupted() -> None:
    body = body_over(io.BytesIO(b"01234"), 10)
    assert body.read() == b"01234"
    with pytest.raises(UploadInterrupted):
        body.read()


@pytest.mark.parametrize("fault", [UnreadablePostError("gone"), ConnectionResetError()])
def test_a_client_that_goes_away_is_no_fault_of_the_other_role(fault: OSError) -> None:
    class Gone(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:  # noqa: ARG002
            raise fault

    with pytest.raises(UploadInterrupted) as caught:
        body_over(Gone(), 10).read()
    assert not isinstance(caught.value, OSError)


@given(st.lists(st.sampled_from([b"--", b"--b1", b"-", b"b1", b"x", b"\r\n", b"b"]), max_size=40))
def test_the_digest_does_not_depend_on_how_the_body_is_cut(pieces: list[bytes]) -> None:
    cut, whole = BodyHash("b1"), BodyHash("b1")
    for piece in pieces:
        cut.update(piece)
    whole.update(b"".join(pieces))
    assert cut.hexdigest() == whole.hexdigest()


def form(boundary: str, content: bytes) -> bytes:
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"\r\n\r\n'
    return head.encode() + content + f"\r\n--{boundary}--\r\n".encode()


def digest(boundary: str, raw: bytes) -> str:
    body = UploadBody(io.BytesIO(raw), length=len(raw), content_type=FORM, boundary=boundary)
    body.hash_on_the_way()
    return body.digest()


def test_the_same_form_with_another_boundary_has_the_same_digest() -> None:
    first = digest("aaaa", form("aaaa", b"picture"))
    assert first == digest("zzzzzzzz", form("zzzzzzzz", b"picture"))
    assert first != digest("aaaa", form("aaaa", b"pictures"))


def test_without_a_boundary_in_it_the_digest_is_plain() -> None:
    assert digest("bb", b"hello") == hashlib.sha256(b"hello").hexdigest()


def test_memory_does_not_grow_with_the_file() -> None:
    size = 40_000_000

    class Endless(io.BytesIO):
        def read(self, wanted: int | None = -1, /) -> bytes:
            return bytes(wanted or 0)

    body = body_over(Endless(), size)
    body.hash_on_the_way()
    tracemalloc.start()
    try:
        total = 0
        while chunk := body.read(CHUNK_BYTES):
            total += len(chunk)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert total == size
    assert peak < 1_000_000
