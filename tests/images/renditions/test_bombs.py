"""Small files that would become large, and what refuses them before they do."""

import dataclasses
import io
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from PIL import Image

from images.renditions import (
    CorruptImageError,
    DimensionsExceededError,
    Limits,
    MetadataTooLargeError,
    RenditionSpec,
    cost,
    probe,
    render,
)
from tests.images.renditions.samples import (
    LIMITS,
    PNG_SIGNATURE,
    WHOLE,
    gif,
    pixel_bomb,
    png_chunk,
    png_header,
    png_of,
    saved,
)


def oversize_headers() -> dict[str, bytes]:
    """Files of a few bytes that announce a huge picture."""
    huge = struct.pack(">HH", 65_000, 65_000)
    jpeg = WHOLE["JPEG"]
    frame = jpeg.index(b"\xff\xc0") + 5
    tiff = Image.new("1", (16_384, 1))
    return {
        "PNG": PNG_SIGNATURE + png_header(50_000, 50_000) + png_of()[33:],
        "JPEG": jpeg[:frame] + huge + jpeg[frame + 4 :],
        "GIF": gif([(8, 8)], canvas=(65_535, 65_535)),
        "GIF frame": gif([(65_535, 65_535)]),
        "WEBP": WHOLE["animated WEBP"][:24] + b"\xff" * 6 + WHOLE["animated WEBP"][30:],
        "BMP": WHOLE["BMP"][:18] + struct.pack("<ii", 20_000, -20_000) + WHOLE["BMP"][26:],
        "TIFF": saved(tiff, "TIFF"),
        "AVIF": WHOLE["AVIF"].replace(
            b"ispe\0\0\0\0" + struct.pack(">II", 48, 32),
            b"ispe\0\0\0\0" + struct.pack(">II", 16_000, 16_000),
        ),
        "HEIC": WHOLE["HEIC"].replace(
            b"ispe\0\0\0\0" + struct.pack(">II", 64, 64),
            b"ispe\0\0\0\0" + struct.pack(">II", 16_384, 16_384),
        ),
    }


@pytest.mark.parametrize("name", oversize_headers())
def test_a_pixel_bomb_is_refused_by_its_header(name: str) -> None:
    with pytest.raises(DimensionsExceededError) as refusal:
        probe(io.BytesIO(oversize_headers()[name]), LIMITS)
    assert refusal.value.code == "dimensions_exceeded"


def test_a_pixel_bomb_costs_no_memory() -> None:
    script = (
        "import io, re, sys\n"
        "from pathlib import Path\n"
        "from images.renditions import DimensionsExceededError, Limits, probe\n"
        "try:\n"
        "    probe(io.BytesIO(sys.stdin.buffer.read()), Limits())\n"
        "except DimensionsExceededError:\n"
        "    status = Path('/proc/self/status').read_text()\n"
        "    print(re.search(r'VmHWM:\\s+(\\d+)', status)[1])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=pixel_bomb(),
        capture_output=True,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    assert int(done.stdout) < 60_000


def test_the_limits_are_inclusive() -> None:
    needed = cost.least_bytes(probe(io.BytesIO(WHOLE["PNG"]), LIMITS))
    exact = dataclasses.replace(LIMITS, max_memory=needed, max_side=48)
    assert render(io.BytesIO(WHOLE["PNG"]), RenditionSpec(20, 20), exact).width == 20
    for field, value in (("max_memory", needed - 1), ("max_side", 47)):
        changed = Limits(**{**dataclasses.asdict(exact), field: value})
        with pytest.raises(DimensionsExceededError):
            probe(io.BytesIO(WHOLE["PNG"]), changed)


TEXT_BOMB = zlib.compress(b"\0" * 40_000_000, 9)


@pytest.mark.parametrize(
    "content",
    [
        png_of(png_chunk(b"zTXt", b"Comment\0\0" + TEXT_BOMB)),
        png_of(png_chunk(b"iTXt", b"Comment\0\1\0\0\0" + TEXT_BOMB)),
        png_of(png_chunk(b"iCCP", b"profile\0\0" + TEXT_BOMB)),
        png_of(png_chunk(b"tEXt", b"Comment\0" + b"a" * 17_000_000)),
        png_of(*[png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"\0" * 900_000))] * 20),
        png_of()[:-12] + png_chunk(b"zTXt", b"Comment\0\0" + TEXT_BOMB) + png_chunk(b"IEND"),
        gif([(8, 8)])[:-1] + b"\x21\xfe" + (b"\xff" + b"a" * 255) * 1_100 + b"\0\x3b",
        b"\xff\xd8" + (b"\xff\xe1\xff\xff" + b"a" * 65_533) * 250 + WHOLE["JPEG"][2:],
    ],
    ids=[
        "zTXt",
        "iTXt",
        "iCCP",
        "long tEXt",
        "many",
        "after the pixels",
        "GIF",
        "JPEG",
    ],
)
def test_a_text_bomb_is_refused(content: bytes) -> None:
    with pytest.raises(MetadataTooLargeError) as refusal:
        probe(io.BytesIO(content), LIMITS)
    assert refusal.value.code == "metadata_too_large"


def frame_bombs() -> dict[str, bytes]:
    """Animations of which only the first frame, of 8 x 8 or 4 x 4 pixels, is ever decoded."""
    frame_control = struct.pack(">IIIIIHHBB", 0, 4, 4, 0, 0, 1, 10, 0, 0)
    huge_control = struct.pack(">IIIIIHHBB", 0, 60_000, 60_000, 0, 0, 1, 10, 0, 0)
    announced = png_chunk(b"acTL", struct.pack(">II", 10**6, 0))
    first = saved(Image.new("L", (8, 8)), "GIF")
    frame = first.index(b"\x2c")
    late = png_of(announced, png_chunk(b"fcTL", frame_control))[:-12]
    return {
        "a GIF of 10,000 frames": first[:-1] + first[frame:-1] * 9_999,
        "a huge late frame": first[:-1] + b"\x2c" + struct.pack("<HHHHB", 0, 0, 60_000, 60_000, 0),
        "an APNG that announces a million": png_of(announced),
        "an APNG of 10,000 huge frames": late + png_chunk(b"fcTL", huge_control) * 10_000,
        "a WebP of 10,000 frames": webp_of_frames(10_000, 8),
    }


def webp_of_frames(count: int, side: int) -> bytes:
    """A WebP whose later frames are its first one again."""
    plain = saved(Image.new("RGB", (side, side), "teal"), "WEBP")
    box = (side - 1).to_bytes(3, "little")
    canvas = b"VP8X" + struct.pack("<I", 10) + b"\2\0\0\0" + box * 2
    control = b"ANIM" + struct.pack("<I", 6) + b"\0" * 6
    content = b"\0" * 6 + box * 2 + b"\1\0\0\0" + plain[12:]
    frame = b"ANMF" + struct.pack("<I", len(content)) + content
    body = b"WEBP" + canvas + control + frame * count
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize("name", frame_bombs())
def test_frames_that_nobody_decodes_refuse_nothing(name: str) -> None:
    content = frame_bombs()[name]
    facts = probe(io.BytesIO(content), LIMITS)
    assert facts.animated
    assert render(io.BytesIO(content), RenditionSpec(4, 4, format="png"), LIMITS).width == 4


@pytest.mark.parametrize("name", ["a GIF of 10,000 frames", "an APNG of 10,000 huge frames"])
def test_frames_that_nobody_decodes_are_not_walked_over(name: str) -> None:
    few = dataclasses.replace(LIMITS, max_blocks=20)
    assert probe(io.BytesIO(frame_bombs()[name]), few).animated


@pytest.mark.parametrize(
    "content",
    [
        png_of(*[png_chunk(b"prIv")] * 1_001),
        gif([(8, 8)])[:-1] + b"\0" * 1_001 + b"\x3b",
        gif([(8, 8)])[:-1] + b"\x21\xf9" + b"\1a" * 1_001 + b"\0\x3b",
        b"\xff\xd8" + b"\xff\xe5\0\2" * 1_001 + WHOLE["JPEG"][2:],
    ],
)
def test_countless_tiny_blocks_are_refused(content: bytes) -> None:
    with pytest.raises(CorruptImageError):
        probe(io.BytesIO(content), dataclasses.replace(LIMITS, max_blocks=1_000))


@pytest.mark.parametrize("junk", [b"\xff", b"\0"])
def test_a_jpeg_may_have_some_bytes_between_its_segments_and_not_countless(junk: bytes) -> None:
    head, rest = b"\xff\xd8\xff\xe5\0\2", WHOLE["JPEG"][2:]
    assert probe(io.BytesIO(head + junk * 1_000 + rest), LIMITS).width == 48
    with pytest.raises(CorruptImageError):
        probe(io.BytesIO(head + junk * 70_000 + rest), LIMITS)


def test_a_png_of_countless_chunks_is_refused_early() -> None:
    chunks = png_chunk(b"prIv") * 200_000
    file = CountingFile(png_of(chunks))
    with pytest.raises(CorruptImageError):
        probe(file, LIMITS)
    assert file.reads < 10
    assert file.bytes_read < 200_000


@pytest.mark.parametrize("length", [8_192, 1_024])
def test_a_png_may_be_in_as_many_chunks_as_encoders_write(length: int) -> None:
    # 8 KiB is what libpng writes; some write less.
    data = zlib.compress(bytes(range(256)) * 4_000, 0)
    parts = (data[i : i + length] for i in range(0, len(data), length))
    chunks = b"".join(png_chunk(b"IDAT", part) for part in parts)
    file = CountingFile(PNG_SIGNATURE + png_header(255, 4_000) + chunks + png_chunk(b"IEND"))
    assert probe(file, LIMITS).height == 4_000
    assert file.reads < 60


class CountingFile(io.BytesIO):
    """Counts its reads, which is what a walk over many small blocks costs."""

    reads = 0
    bytes_read = 0

    def read(self, size: int | None = -1) -> bytes:
        content = super().read(size)
        self.reads += 1
        self.bytes_read += len(content)
        return content
