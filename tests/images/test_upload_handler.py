import hashlib
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from pytest_django import Settings
from rest_framework.exceptions import UnsupportedMediaType

from images.errors import FileTooLarge, LengthRequired
from images.upload_handler import (
    MEMORY_BYTES,
    HashingUploadHandler,
    charset_check,
    display_name,
    length_check,
)
from platform_site.kit.rest.problems import InvalidRequest


def handler_with(*chunks: bytes, name: str = "a.jpg") -> HashingUploadHandler:
    handler = HashingUploadHandler()
    handler.new_file("file", name, "image/jpeg", None)
    for chunk in chunks:
        assert handler.receive_data_chunk(chunk, 0) is None
    return handler


def request(**meta: Any) -> HttpRequest:
    return RequestFactory().generic(
        "POST", "/", b"x", content_type=meta.pop("content_type", "multipart/form-data"), **meta
    )


@pytest.mark.parametrize("size", [0, 3, MEMORY_BYTES + 1])
def test_a_file_is_hashed_and_counted_in_memory_and_on_disk(size: int) -> None:
    content = b"x" * size
    handler = handler_with(content[:2], content[2:])
    received = handler.file_complete(0).received
    assert (received.bytes, received.filename) == (size, "a.jpg")
    assert received.sha256 == hashlib.sha256(content).hexdigest()
    assert received.content.read() == content
    handler.close()
    assert received.content.closed


def test_the_first_byte_beyond_the_limit_is_refused(settings: Settings) -> None:
    settings.UPLOAD_MAX_BYTES = 4
    handler = handler_with(b"four")
    with pytest.raises(FileTooLarge, match="may have 4 bytes"):
        handler.receive_data_chunk(b"5", 4)
    handler.close()


def test_one_file_is_taken_in_one_field() -> None:
    with pytest.raises(InvalidRequest) as refusal:
        HashingUploadHandler().new_file("photo", "a.jpg", "image/jpeg", None)
    assert refusal.value.code == "unknown_field"
    handler = handler_with(b"one")
    with pytest.raises(InvalidRequest) as refusal:
        handler.new_file("file", "b.jpg", "image/jpeg", None)
    assert refusal.value.code == "multiple_files"
    handler.close()


@pytest.mark.parametrize("stated", ["", "0", "-1", "a"])
def test_an_upload_states_its_length(stated: str) -> None:
    with pytest.raises(LengthRequired):
        length_check(request(CONTENT_LENGTH=stated))


def test_the_form_may_take_something_beside_the_file(settings: Settings) -> None:
    settings.UPLOAD_MAX_BYTES, settings.UPLOAD_FORM_ALLOWANCE_BYTES = 100, 10
    length_check(request(CONTENT_LENGTH="110"))
    with pytest.raises(FileTooLarge, match="may have 100 bytes"):
        length_check(request(CONTENT_LENGTH="111"))


def test_a_form_is_read_as_utf_8_and_as_nothing_else() -> None:
    for charset in ("", "; charset=utf-8", "; charset=UTF8"):
        charset_check(request(content_type=f"multipart/form-data{charset}"))
    with pytest.raises(UnsupportedMediaType):
        charset_check(request(content_type="multipart/form-data; charset=utf-7"))


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("", "unnamed"),
        (" \n\0 ", "unnamed"),
        ("a%0D%0Ab.jpg", "ab.jpg"),
        ("100% of %41.jpg", "100% of %41.jpg"),
        ("عطلة.jpg", "عطلة.jpg"),
        ("x" * 300 + ".jpg", "x" * 251 + ".jpg"),
    ],
)
def test_a_name_is_for_display(raw: str, name: str) -> None:
    assert display_name(raw) == name
