import hashlib

import pytest
from pytest_django import Settings

from images.errors import FileTooLarge
from images.upload_handler import (
    MEMORY_BYTES,
    HashingUploadHandler,
    display_name,
)
from platform_site.kit.rest.problems import InvalidRequest


def handler_with(*chunks: bytes, name: str = "a.jpg") -> HashingUploadHandler:
    handler = HashingUploadHandler()
    handler.new_file("file", name, "image/jpeg", None)
    for chunk in chunks:
        assert handler.receive_data_chunk(chunk, 0) is None
    return handler


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
    with pytest.raises(FileTooLarge, match="has 4 bytes"):
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
