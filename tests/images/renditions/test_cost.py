"""What the estimate says is compared with what a process was seen to take."""

import io
import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from images.renditions import (
    DimensionsExceededError,
    KnownSource,
    RenditionSpec,
    UnreadableImageError,
    bytes_needed,
    cost,
    probe,
    render,
)
from tests.images.renditions.samples import (
    LIMITS,
    PNG_SIGNATURE,
    WHOLE,
    heic,
    picture,
    png_header,
    png_of,
    saved,
)

pytestmark = pytest.mark.long

PHONE = (16_320, 12_240)
SIZE = (1800, 1200)
ROOT = Path(__file__).parents[3]
SMALL = "w_500,fit_inside,q_82.jpg"


def inputs() -> dict[str, tuple[bytes, str]]:
    """A file of each costly kind, and the spec of what is made of it."""
    colours, alpha = picture(*SIZE), picture(*SIZE, "RGBA")
    grey = colours.convert("L")
    kept = {
        "JPEG": saved(colours, "JPEG"),
        "progressive JPEG": saved(colours, "JPEG", progressive=True, subsampling=0),
        "PNG": saved(colours, "PNG", compress_level=1),
        "PNG with alpha": saved(alpha, "PNG", compress_level=1),
        "palette PNG": saved(colours.quantize(16, method=Image.Quantize.FASTOCTREE), "PNG"),
        "one-bit PNG": saved(grey.convert("1"), "PNG"),
        "deep PNG": saved(grey.convert("I;16"), "PNG", compress_level=1),
        "WebP": saved(alpha, "WEBP", method=0),
        "AVIF": saved(colours, "AVIF", speed=10, subsampling="4:4:4"),
        "TIFF": saved(colours, "TIFF", compression="tiff_lzw"),
        "float TIFF": saved(grey.convert("F"), "TIFF"),
        "GIF": saved(grey, "GIF"),
        "BMP": saved(colours, "BMP"),
        "HEIC": heic(picture(900, 600), chroma=444, quality=20),
    }
    largest = {
        f"largest {name}": (kept["PNG"], f"fit_inside,q_80.{extension}")
        for name, extension in (("jpeg", "jpg"), ("webp", "webp"))
    }
    largest["largest avif"] = kept["PNG"], "w_1200,fit_inside,q_60.avif"
    presets = {name: (content, SMALL) for name, content in kept.items()}
    return presets | largest


MEASURE = """
import io, re, struct, sys
from pathlib import Path
from images.renditions import Limits, cost, parse_spec, probe, render_all

def resident(name):
    return int(re.search(name + r":\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) * 1024

stream = sys.stdin.buffer
while head := stream.read(8):
    size, text_size = struct.unpack(">II", head)
    file, text = io.BytesIO(stream.read(size)), stream.read(text_size).decode()
    spec = parse_spec(text)
    needed = cost.bytes_needed(probe(file, Limits()), [spec])
    for turn in range(2):  # the first loads libraries
        before = resident("VmRSS")
        Path("/proc/self/clear_refs").write_text("5")
        for made in render_all(file, [spec], Limits()):
            pass
    print(needed, resident("VmHWM") - before, flush=True)
"""


@pytest.fixture(scope="module")
def measured() -> dict[str, tuple[int, int]]:
    """By name: the bytes that the estimate says, and those that were taken."""
    cases = inputs()
    stream = b"".join(
        struct.pack(">II", len(content), len(text)) + content + text.encode()
        for content, text in cases.values()
    )
    done = subprocess.run(
        [sys.executable, "-c", MEASURE],
        input=stream,
        capture_output=True,
        check=True,
        cwd=ROOT,
        env=os.environ | {"MALLOC_MMAP_THRESHOLD_": "262144", "MALLOC_ARENA_MAX": "1"},
    )
    lines = [tuple(map(int, line.split())) for line in done.stdout.decode().splitlines()]
    return {name: (line[0], line[1]) for name, line in zip(cases, lines, strict=True)}


def test_no_kind_of_picture_takes_more_than_is_estimated(
    measured: dict[str, tuple[int, int]],
) -> None:
    beyond = {
        name: (said, took)
        for name, (said, took) in measured.items()
        if took > said - cost.FIXED_BYTES + 1_000_000
    }
    assert beyond == {}


def test_the_estimate_of_decoding_is_no_more_than_twice_what_is_taken(
    measured: dict[str, tuple[int, int]],
) -> None:
    wide = {
        name: (said, took)
        for name, (said, took) in measured.items()
        if "largest" not in name and said - cost.FIXED_BYTES > 2 * took + 4_000_000
    }
    assert wide == {}


def jpeg_header(size: tuple[int, int], *, progressive: bool = False) -> io.BytesIO:
    """A small JPEG that says it has ``size``."""
    content = WHOLE["progressive JPEG" if progressive else "JPEG"]
    at = content.index(b"\xff\xc2" if progressive else b"\xff\xc0") + 5
    return io.BytesIO(content[:at] + struct.pack(">HH", size[1], size[0]) + content[at + 4 :])


@pytest.mark.parametrize("progressive", [False, True])
def test_the_largest_jpeg_of_a_phone_is_taken(*, progressive: bool) -> None:
    facts = probe(jpeg_header(PHONE, progressive=progressive), LIMITS)
    assert (facts.width, facts.height) == PHONE
    assert (facts.held_bytes == 3 * PHONE[0] * PHONE[1]) is progressive


def test_a_png_of_the_same_pixels_is_refused_by_what_it_needs() -> None:
    content = PNG_SIGNATURE + png_header(*PHONE, kind=2) + png_of()[33:]
    with pytest.raises(DimensionsExceededError, match=r"needs 1054 MB .* the limit is 1000 MB"):
        probe(io.BytesIO(content), LIMITS)


def test_a_large_rendition_of_it_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(DimensionsExceededError, match="MB of memory"):
        render(jpeg_header(PHONE), RenditionSpec(8000, 8000, format="jpeg"), LIMITS)


def test_what_is_known_from_a_row_gives_the_same_estimate() -> None:
    facts = probe(jpeg_header(PHONE), LIMITS)
    known = KnownSource("jpeg", *PHONE, has_alpha=False)
    for spec in (RenditionSpec(800, 800), RenditionSpec(4000, 4000, format="jpeg")):
        assert bytes_needed(known, [spec]) == bytes_needed(facts, [spec])


def test_many_scans_of_many_pixels_are_refused() -> None:
    """Each is a pass over all of them: 20 over 200 million pixels are as many as 100 over 40."""
    content = jpeg_header(PHONE, progressive=True).getvalue()
    scan = content[content.index(b"\xff\xda") : -2]
    assert probe(io.BytesIO(content), LIMITS)
    with pytest.raises(UnreadableImageError, match="scans"):
        probe(io.BytesIO(content[:-2] + scan * 3 + b"\xff\xd9"), LIMITS)
