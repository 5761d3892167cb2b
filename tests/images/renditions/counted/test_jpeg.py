import io

import pytest
from PIL import Image, ImageFile

from images.renditions.containers import WALKS, Cursor
from images.renditions.counted import load
from tests.images.renditions.samples import LIMITS, picture, saved

FILES = {
    "baseline": saved(picture(96, 64), "JPEG", quality=90),
    "progressive": saved(picture(96, 64), "JPEG", quality=90, progressive=True),
    "restarts": saved(picture(96, 64), "JPEG", quality=90, restart_marker_rows=1),
}


def is_complete(content: bytes) -> bool:
    layout = WALKS["jpeg"](Cursor(io.BytesIO(content), LIMITS))
    image = Image.open(io.BytesIO(content))
    assert isinstance(image, ImageFile.ImageFile)
    return load(image, layout)


@pytest.mark.parametrize("name", FILES)
def test_a_whole_file_is_complete_with_and_without_its_end_mark(name: str) -> None:
    assert is_complete(FILES[name])
    assert is_complete(FILES[name][:-2])


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("cut", [8, 40, 200])
def test_a_file_that_was_cut_is_not(name: str, cut: int) -> None:
    content = FILES[name]
    assert not is_complete(content[:-cut])
    assert not is_complete(content[:-cut] + b"\xff\xd9")


@pytest.mark.parametrize("name", ["baseline", "restarts"])
@pytest.mark.parametrize("cut", [64, 200])
def test_a_file_that_was_never_written_to_its_end_is_not(name: str, cut: int) -> None:
    assert not is_complete(FILES[name][:-cut] + bytes(cut))


def test_a_restart_marker_that_is_missing_is_seen() -> None:
    content = FILES["restarts"]
    at = content.rindex(b"\xff\xd2")
    assert not is_complete(content[:at] + content[at + 2 :])
