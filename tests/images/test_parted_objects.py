"""Objects that are stored part by part: in a bucket and as files, lost and finished twice."""

import io
from pathlib import Path
from typing import Any

import pytest

from images import storage
from images.parted_objects import PartsLost, part_put, parts_abandon, parts_begin, parts_finish
from tests.images.conftest import stored_keys

KEY = "exports/one.zip"
LONG = b"a" * (5 * 2**20)
"""As long as S3 wants every part but the last."""


@pytest.fixture(params=["files", pytest.param("s3", marks=pytest.mark.processes)], autouse=True)
def kind(request: pytest.FixtureRequest) -> str:
    if request.param == "s3":
        request.getfixturevalue("bucket")
    return str(request.param)


def put(upload_id: str, number: int, start: int, content: bytes) -> str:
    source = io.BytesIO(content)
    return part_put(KEY, upload_id, number=number, start=start, source=source)


def stored() -> bytes:
    with storage.object_on_disk(KEY) as found:
        return found.read()


def test_the_parts_become_one_object_which_nobody_sees_before() -> None:
    begun = parts_begin(KEY, content_type="application/zip")
    first = put(begun, 1, 0, LONG)
    put(begun, 2, len(LONG), b"of a run that died")
    second = put(begun, 2, len(LONG), b"end")
    with pytest.raises(storage.ObjectMissing):
        stored()
    for _ in range(2):  # the second time by a run that does not know of the first
        parts_finish(KEY, begun, names=[first, second], size=len(LONG) + 3)
        assert stored() == LONG + b"end"


def test_what_is_abandoned_leaves_nothing(store: Path) -> None:
    begun = parts_begin(KEY, content_type="application/zip")
    name = put(begun, 1, 0, b"all")
    parts_abandon(KEY, begun)
    assert stored_keys(store) == []
    with pytest.raises(PartsLost):
        parts_finish(KEY, begun, names=[name], size=3)
    again = parts_begin(KEY, content_type="application/zip")
    parts_finish(KEY, again, names=[put(again, 1, 0, b"all")], size=3)
    for _ in range(2):
        parts_abandon(KEY, again)
    with pytest.raises(storage.ObjectMissing):
        stored()


def test_other_bytes_than_were_said_are_no_object() -> None:
    begun = parts_begin(KEY, content_type="application/zip")
    names: list[Any] = [put(begun, 1, 0, b"all")]
    put(begun, 1, 0, b"others, of a run that is over")
    with pytest.raises(PartsLost):
        parts_finish(KEY, begun, names=names, size=3)
