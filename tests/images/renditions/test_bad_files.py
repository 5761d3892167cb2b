"""Each class of bad file, made here, and what refuses it."""

import contextlib
import io
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from images.renditions import (
    CorruptImageError,
    Limits,
    RenditionSpec,
    TruncatedImageError,
    UnreadableImageError,
    UnsupportedFormatError,
    probe,
    render,
)
from tests.images.renditions.samples import (
    LIMITS,
    PNG_SIGNATURE,
    WHOLE,
    picture,
    pixels,
    png_chunk,
    png_header,
    png_of,
    saved,
)

SMALL = RenditionSpec(20, 20, format="webp")


@pytest.fixture(autouse=True)
def _pillow_is_left_as_set() -> Iterator[None]:
    yield
    assert ImageFile.LOAD_TRUNCATED_IMAGES is True
    assert Image.MAX_IMAGE_PIXELS is not None


def attempt(content: bytes, limits: Limits = LIMITS) -> None:
    probe(io.BytesIO(content), limits)
    render(io.BytesIO(content), SMALL, limits)


@pytest.mark.parametrize("name", WHOLE)
def test_the_whole_files_are_good(name: str) -> None:
    attempt(WHOLE[name])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"\xff\xd8",
        b"just a text about BMP files",
        b"BMW makes cars, which is more than forty bytes of text.",
        b"<svg xmlns='http://www.w3.org/2000/svg' width='1' height='1'/>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
        b"8BPS\0\1" + b"\0" * 60,
        b"\0\0\0\x18ftypisom\0\0\0\0mp42avc1" + b"\0" * 40,
        b"RIFF\x24\0\0\0WAVEfmt " + b"\0" * 28,
        b"\0" * 100,
    ],
)
def test_what_is_no_image_of_ours_is_unsupported(content: bytes) -> None:
    with pytest.raises(UnsupportedFormatError) as refusal:
        probe(io.BytesIO(content), LIMITS)
    assert refusal.value.code == "unsupported_format"


def test_the_size_of_a_file_is_not_for_the_core_to_judge() -> None:
    """A worker is given no limit of uploads, and works on what a larger one let in."""
    content = io.BytesIO(WHOLE["JPEG"])
    content.seek(60_000_000)
    content.write(b"data after the picture")
    assert probe(content, LIMITS).format == "jpeg"


@pytest.mark.parametrize("name", ["animated PNG", "animated GIF"])
def test_a_cut_within_frames_that_nobody_decodes_refuses_nothing(name: str) -> None:
    attempt(WHOLE[name][:-40])


@pytest.mark.parametrize("name", ["AVIF", "animated AVIF"])
def test_a_cut_avif_is_refused_at_the_latest_when_decoded(name: str) -> None:
    content = WHOLE[name]
    for end in range(64, len(content) - 1, max(1, len(content) // 40)):
        with pytest.raises((TruncatedImageError, CorruptImageError)):
            attempt(content[:end])


@pytest.mark.parametrize(
    "content",
    [
        PNG_SIGNATURE + png_chunk(b"IHDR", png_header(4, 4)[8:21], crc=1) + png_of()[33:],
        PNG_SIGNATURE + png_header(4, 4) + png_chunk(b"IDAT", b"junk") + png_chunk(b"IEND"),
        PNG_SIGNATURE + png_header(4, 4) + png_chunk(b"IEND"),
        PNG_SIGNATURE + png_header(4, 4, depth=7) + png_of()[33:],
        PNG_SIGNATURE + png_header(0, 4) + png_of()[33:],
        PNG_SIGNATURE + png_chunk(b"tEXt", b"a\0b") + png_of()[8:],
        b"\xff\xd8\xff\xdb\x00\x01" + WHOLE["JPEG"][20:],
        b"\xff\xd8\xff\xd9" + b"\0" * 40,
        WHOLE["BMP"][:28] + b"\xff\0" + WHOLE["BMP"][30:],
    ],
)
def test_a_damaged_file_is_called_corrupt(content: bytes) -> None:
    with pytest.raises(CorruptImageError) as refusal:
        attempt(content)
    assert refusal.value.code == "image_corrupt"


def test_a_jpeg_of_countless_scans_is_refused() -> None:
    content = WHOLE["progressive JPEG"]
    start = content.rindex(b"\xff\xda")
    scan = content[start:-2]
    with pytest.raises(CorruptImageError):
        probe(io.BytesIO(content[:start] + scan * 101 + b"\xff\xd9"), LIMITS)


@pytest.mark.parametrize("name", ["JPEG", "progressive JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP"])
@pytest.mark.parametrize(
    "tail", [b"<html><script>alert(1)</script></html>", b"PK\x03\x04" + bytes(range(256)) * 8]
)
def test_a_polyglot_is_accepted_and_loses_its_tail(name: str, tail: bytes) -> None:
    whole = render(io.BytesIO(WHOLE[name]), SMALL, LIMITS)
    made = render(io.BytesIO(WHOLE[name] + tail), SMALL, LIMITS)
    assert made == whole
    assert tail not in made.content


@pytest.mark.parametrize(
    "exif",
    [
        b"junk",
        b"Exif\0\0",
        b"Exif\0\0II*\0" + b"\xff" * 40,
        b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x63\0\0\0\0\0\0",
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_bad_exif_is_ignored(kind: str, exif: bytes) -> None:
    content = saved(picture(), kind, exif=exif)
    assert probe(io.BytesIO(content), LIMITS).orientation == 1
    assert (render(io.BytesIO(content), SMALL, LIMITS).width) == 20


def test_a_bad_index_of_further_pictures_is_ignored() -> None:
    content = WHOLE["MPO"]
    at = content.index(b"MPF\0") + 4
    for junk in (b"\xff" * 8, b"II*\0\0\0\0\xff", b"MM\0*\0\0\0\x08", b"\0" * 20):
        damaged = content[:at] + junk + content[at + len(junk) :]
        try:
            attempt(damaged)
        except CorruptImageError:
            pytest.fail(f"refused with {junk!r}")


flips = st.lists(st.tuples(st.integers(0, 2**20), st.integers(1, 255)), min_size=1, max_size=12)
many = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.parametrize("name", WHOLE)
@many
@given(flips=flips)
def test_flipped_bytes_raise_only_our_refusals(name: str, flips: list[tuple[int, int]]) -> None:
    content = bytearray(WHOLE[name])
    for position, mask in flips:
        content[position % len(content)] ^= mask
    with contextlib.suppress(UnreadableImageError):
        attempt(bytes(content))


@pytest.mark.parametrize("name", WHOLE)
@many
@given(place=st.floats(0, 1), length=st.integers(0, 40), junk=st.binary(max_size=40))
def test_spliced_bytes_raise_only_our_refusals(
    name: str, place: float, length: int, junk: bytes
) -> None:
    content = WHOLE[name]
    start = int(place * len(content))
    with contextlib.suppress(UnreadableImageError):
        attempt(content[:start] + junk + content[start + length :])


def test_a_good_picture_is_still_good_after_all_this() -> None:
    made = render(io.BytesIO(WHOLE["PNG"]), RenditionSpec(format="png"), LIMITS)
    assert pixels(made.content).shape == (32, 48, 3)
