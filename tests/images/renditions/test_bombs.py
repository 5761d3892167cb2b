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
    AnimationTooLargeError,
    CorruptImageError,
    DimensionsExceededError,
    MetadataTooLargeError,
    RenditionSpec,
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
    exact = dataclasses.replace(LIMITS, max_pixels=48 * 32, max_side=48)
    assert render(io.BytesIO(WHOLE["PNG"]), RenditionSpec(20, 20), exact).width == 20
    for field, value in (("max_pixels", 48 * 32 - 1), ("max_side", 47)):
        with pytest.raises(DimensionsExceededError):
            probe(io.BytesIO(WHOLE["PNG"]), dataclasses.replace(exact, **{field: value}))


TEXT_BOMB = zlib.compress(b"\0" * 40_000_000, 9)


@pytest.mark.parametrize(
    "content",
    [
        png_of(png_chunk(b"zTXt", b"Comment\0\0" + TEXT_BOMB)),
        png_of(png_chunk(b"iTXt", b"Comment\0\1\0\0\0" + TEXT_BOMB)),
        png_of(png_chunk(b"iCCP", b"profile\0\0" + TEXT_BOMB)),
        png_of(png_chunk(b"tEXt", b"Comment\0" + b"a" * 17_000_000)),
        png_of(png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"\0" * 3_000_000))),
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
        "one of 3 MB",
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
    frame_control = struct.pack(">IIIIIHHBB", 0, 4, 4, 0, 0, 1, 10, 0, 0)
    return {
        "301 frames": gif([(8, 8)] * 301),
        "too many pixels": gif([(2000, 2000)] * 76, canvas=(2000, 2000)),
        "a huge late frame": gif([(8, 8), (8, 8), (60_000, 60_000)]),
        "an APNG that announces a million": png_of(
            png_chunk(b"acTL", struct.pack(">II", 10**6, 0))
        ),
        "an APNG that announces one": png_of(
            png_chunk(b"acTL", struct.pack(">II", 1, 0)), *[png_chunk(b"fcTL", frame_control)] * 301
        ),
        "a WebP of 301 frames": webp_of_frames(301, 8),
        "a WebP of huge frames": webp_of_frames(10, 6_000),
    }


def webp_of_frames(count: int, side: int) -> bytes:
    box = (side - 1).to_bytes(3, "little")
    canvas = b"VP8X" + struct.pack("<I", 10) + b"\2\0\0\0" + box * 2
    frame = b"ANMF" + struct.pack("<I", 16) + b"\0" * 6 + box * 2 + b"\0" * 4
    body = b"WEBP" + canvas + frame * count
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize("name", frame_bombs())
def test_a_frame_bomb_is_refused(name: str) -> None:
    with pytest.raises(AnimationTooLargeError) as refusal:
        probe(io.BytesIO(frame_bombs()[name]), LIMITS)
    assert refusal.value.code == "animation_too_large"


def test_an_avif_sequence_has_the_same_limit() -> None:
    with pytest.raises(AnimationTooLargeError):
        probe(io.BytesIO(WHOLE["animated AVIF"]), dataclasses.replace(LIMITS, max_frames=2))


def test_three_hundred_frames_are_allowed() -> None:
    assert probe(io.BytesIO(gif([(8, 8)] * 300)), LIMITS).frames == 300


@pytest.mark.parametrize(
    "content",
    [
        png_of(*[png_chunk(b"prIv")] * 1_001),
        gif([(8, 8)])[:-1] + b"\0" * 1_001 + b"\x3b",
        gif([(8, 8)])[:-1] + b"\x21\xf9" + b"\1a" * 1_001 + b"\0\x3b",
        b"\xff\xd8" + b"\xff\xe5\0\2" * 1_001 + WHOLE["JPEG"][2:],
        b"\xff\xd8" + b"\xff" * 1_002 + WHOLE["JPEG"][2:],
        b"\xff\xd8\xff\xe5\0\2" + b"\0" * 1_001 + WHOLE["JPEG"][2:],
    ],
)
def test_countless_tiny_blocks_are_refused(content: bytes) -> None:
    with pytest.raises(CorruptImageError):
        probe(io.BytesIO(content), dataclasses.replace(LIMITS, max_blocks=1_000))
