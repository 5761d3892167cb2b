import io

import pytest
from PIL import Image, ImageFile

from images.renditions.containers import WALKS, Cursor, Layout
from images.renditions.counted import load
from images.renditions.counted.counter import Counter
from images.renditions.counted.decoders import counted_tile
from tests.images.renditions.samples import LIMITS, WHOLE, gif


def test_a_tile_of_an_unknown_decoder_is_left_as_it_is() -> None:
    counter = Counter(Layout())
    tile = ImageFile._Tile("unheard_of", (0, 0, 1, 1), 0, None)
    assert counted_tile(tile, counter) is tile
    assert counter.is_complete, "nothing is expected of it"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "BMP"])
def test_pillows_own_way_to_a_picture_stays_as_it_is(kind: str) -> None:
    ours, theirs = (Image.open(io.BytesIO(WHOLE[kind])) for _ in range(2))
    layout = WALKS[kind.lower()](Cursor(io.BytesIO(WHOLE[kind]), LIMITS))
    assert isinstance(ours, ImageFile.ImageFile)
    assert load(ours, layout)
    assert all(not tile.codec_name.startswith("counted-") for tile in theirs.tile)
    assert ours.tobytes() == theirs.tobytes()


def test_a_gif_is_given_its_own_codes_and_not_what_follows() -> None:
    content = gif([(8, 8), (8, 8)])
    layout = WALKS["gif"](Cursor(io.BytesIO(content), LIMITS))
    image = Image.open(io.BytesIO(content))
    assert isinstance(image, ImageFile.ImageFile)
    assert not load(image, layout), "the few codes of the first frame are not all of its pixels"


@pytest.mark.parametrize("cut", [0, 6])
def test_runs_of_a_bmp_that_end_with_the_file_are_missing_something(cut: int) -> None:
    runs = b"\x04\x01\0\0" * 4 + b"\0\1"
    head = b"BM" + (14 + 40 + 8 + len(runs)).to_bytes(4, "little") + bytes(4)
    head += (62).to_bytes(4, "little") + (40).to_bytes(4, "little")
    head += (4).to_bytes(4, "little") * 2 + b"\1\0\x08\0" + (1).to_bytes(4, "little")
    head += len(runs).to_bytes(4, "little") + bytes(8) + (2).to_bytes(4, "little") + bytes(4)
    content = head + b"\0\0\0\0\xff\xff\xff\0" + runs
    content = content[: len(content) - cut]
    image = Image.open(io.BytesIO(content))
    assert isinstance(image, ImageFile.ImageFile)
    assert load(image, WALKS["bmp"](Cursor(io.BytesIO(content), LIMITS))) is (cut == 0)
