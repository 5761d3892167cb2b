"""Whether every pixel was there: counted as they are decoded, not taken from marks at the end."""

import dataclasses
import gc
import io
import weakref
import zlib

import numpy as np
import pytest
from PIL import Image

from images.renditions import (
    CorruptImageError,
    RenditionSpec,
    TruncatedImageError,
    probe,
    render,
)
from images.renditions.counted import load
from images.renditions.reading import guarded_reading, open_image
from tests.images.renditions.samples import (
    LIMITS,
    PNG_SIGNATURE,
    WHOLE,
    animation,
    photograph,
    pixels,
    png_chunk,
    png_header,
    psnr,
    saved,
)

pytestmark = pytest.mark.long

STRICT = dataclasses.replace(LIMITS, refuse_incomplete=True)
EXACT = RenditionSpec(format="png")
EOI = b"\xff\xd9"


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_a_picture_is_let_go_without_the_garbage_collector(name: str) -> None:
    """A large one that held itself would take its memory into the next job."""
    file = io.BytesIO(WHOLE[name])
    facts = probe(file, LIMITS)
    gc.disable()
    try:
        with guarded_reading():
            source = open_image(file, facts.image_format, LIMITS, facts.layout)
            seen = weakref.ref(source)
            load(source, facts.layout)
        del source
        assert seen() is None
    finally:
        gc.enable()


def detailed(mode: str = "RGB") -> Image.Image:
    """A part of a photograph, which no few codes stand for."""
    return Image.open(photograph("mountains.jpg")).convert("RGB").resize((300, 200)).convert(mode)


JPEGS = {
    "baseline": saved(detailed(), "JPEG"),
    "optimised": saved(detailed("L"), "JPEG", optimize=True),
    "4:4:4": saved(detailed(), "JPEG", subsampling=0),
    "CMYK": saved(detailed("CMYK"), "JPEG"),
    "progressive": saved(detailed(), "JPEG", progressive=True),
    "restarts": saved(detailed(), "JPEG", restart_marker_rows=1),
    "many restarts": saved(detailed(), "JPEG", restart_marker_blocks=1),
    "progressive restarts": saved(detailed(), "JPEG", progressive=True, restart_marker_rows=1),
}
FLAT = {
    "white": saved(Image.new("RGB", (300, 200), "white"), "JPEG", optimize=True),
    "black": saved(Image.new("L", (300, 200)), "JPEG", optimize=True),
    "half white": saved(detailed().crop((0, 0, 300, 400)), "JPEG", optimize=True),
    "black, progressive": saved(Image.new("RGB", (300, 200)), "JPEG", progressive=True),
}


def is_complete(content: bytes) -> bool:
    return render(io.BytesIO(content), RenditionSpec(50, 50), LIMITS).is_complete


def interlaced_png(image: Image.Image) -> bytes:
    """The picture in the seven passes of Adam7, which Pillow does not write."""
    rows, stored = np.asarray(image), b""
    for x, y, dx, dy in (
        (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
        (0, 1, 1, 2),
    ):  # fmt: skip
        part = rows[y::dy, x::dx]
        stored += b"".join(b"\0" + row.tobytes() for row in part if row.size)
    header = png_header(image.width, image.height, kind=2)[8:20] + b"\1"
    chunks = png_chunk(b"IHDR", header), png_chunk(b"IDAT", zlib.compress(stored))
    return PNG_SIGNATURE + b"".join(chunks) + png_chunk(b"IEND")


PNGS = {
    "RGB": saved(detailed(), "PNG"),
    "bits": saved(detailed("1"), "PNG"),
    "palette": saved(detailed().quantize(16), "PNG"),
    "deep": saved(detailed("I;16"), "PNG"),
    "alpha": saved(detailed("RGBA"), "PNG"),
    "interlaced": interlaced_png(detailed()),
    "interlaced, of an odd height": interlaced_png(detailed().resize((300, 201))),
    "one narrow column": saved(detailed("L").resize((1, 3_000)), "PNG"),
    "one column of bits": saved(detailed("1").resize((1, 3_000)), "PNG"),
    "one narrow column, interlaced": interlaced_png(detailed().resize((1, 3_000))),
}
OTHERS = {
    "GIF": saved(detailed(), "GIF"),
    "WEBP": saved(detailed(), "WEBP"),
    "lossless WEBP": saved(detailed(), "WEBP", lossless=True),
    "BMP": saved(detailed(), "BMP"),
    "TIFF": saved(detailed(), "TIFF"),
}
ALL = JPEGS | FLAT | PNGS | OTHERS


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_file_of_each_kind_is_complete(name: str) -> None:
    assert is_complete(WHOLE[name])


@pytest.mark.parametrize("name", ALL)
def test_a_whole_picture_is_complete_and_taken_by_the_strict(name: str) -> None:
    content = ALL[name]
    assert render(io.BytesIO(content), EXACT, STRICT).is_complete


def whole_pictures_without_their_end() -> dict[str, bytes]:
    marked = JPEGS["baseline"][:-2]
    return {
        **{f"{name} JPEG": content[:-2] for name, content in JPEGS.items()},
        **{f"{name} JPEG": content[:-2] for name, content in FLAT.items()},
        "JPEG, then zeros": marked + b"\0" * 4_000,
        "JPEG, then half a marker": marked + b"\xff",
        **{f"{name} PNG": content[:-12] for name, content in PNGS.items()},
        "PNG, IEND cut": PNGS["RGB"][:-6],
        "PNG without the checksum of its stream": PNGS["RGB"][:-20],
        "GIF": OTHERS["GIF"][:-1],
        "GIF without its end code": OTHERS["GIF"][:-2],
        "GIF, cut in its second frame": animation("GIF")[:-40],
        "WebP that says it is longer": OTHERS["WEBP"][:4] + b"\xff\xff\0\0" + OTHERS["WEBP"][8:],
        "WebP, EXIF cut": saved(detailed(), "WEBP", exif=b"Exif\0\0II*\0" + b"\0" * 40)[:-8],
        "WebP, cut in its second frame": animation("WEBP")[:-40],
        "BMP without the padding of its last row": saved(detailed().resize((299, 9)), "BMP")[:-3],
    }


@pytest.mark.parametrize("name", whole_pictures_without_their_end())
def test_a_missing_end_with_all_pixels_there_is_no_damage(name: str) -> None:
    content = whole_pictures_without_their_end()[name]
    made = render(io.BytesIO(content), EXACT, STRICT)
    assert made.is_complete


@pytest.mark.parametrize("name", ["baseline", "progressive"])
def test_a_picture_without_its_end_is_the_picture(name: str) -> None:
    whole = render(io.BytesIO(JPEGS[name]), EXACT, LIMITS)
    assert render(io.BytesIO(JPEGS[name][:-2]), EXACT, LIMITS).content == whole.content


def test_a_wrong_checksum_of_text_is_no_damage() -> None:
    text = png_chunk(b"tEXt", b"Comment\0hello", crc=1)
    content = PNGS["RGB"][:33] + text + PNGS["RGB"][33:-12] + text + PNGS["RGB"][-12:]
    assert render(io.BytesIO(content), EXACT, STRICT).is_complete


def test_a_wrong_checksum_of_pixels_is_damage_that_is_reported() -> None:
    content = PNGS["RGB"][:-16] + b"\0\0\0\0" + PNGS["RGB"][-12:]
    made = render(io.BytesIO(content), EXACT, LIMITS)
    assert not made.is_complete
    assert psnr(pixels(made.content), pixels(PNGS["RGB"])) == 99


@pytest.mark.parametrize("end", [b"", EOI, b"\0" * 4_000, b"\0" * 4_000 + EOI])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95, 0.995])
@pytest.mark.parametrize("name", JPEGS)
def test_a_cut_jpeg_is_shown_and_reported(name: str, share: float, end: bytes) -> None:
    content = JPEGS[name]
    if "progressive" in name and b"\0" in end:
        end = EOI  # where it refines, zeros stand for whole rows that need no more of it
    made = render(io.BytesIO(content[: int(len(content) * share)] + end), EXACT, LIMITS)
    assert not made.is_complete
    if name == "baseline":
        rows = int(200 * (share - 0.25)) // 16 * 16
        shown, whole = pixels(made.content), pixels(content)
        assert psnr(shown[:rows], whole[:rows]) > 40 if rows > 0 else True


@pytest.mark.parametrize(
    ("filling", "length"),
    [("zeros", 200), ("nothing", 200), ("zeros", 1_500), ("nothing", 1_500), ("noise", 1_500)],
)
@pytest.mark.parametrize("name", JPEGS)
def test_damage_in_the_middle_of_a_jpeg_is_reported(name: str, filling: str, length: int) -> None:
    content = JPEGS[name]
    noise = np.random.default_rng(1).integers(0, 255, length, np.uint8).tobytes()
    inside = {"zeros": b"\0" * length, "noise": noise, "nothing": b""}[filling]
    middle = len(content) * 2 // 3
    assert not is_complete(content[:middle] + inside + content[middle + length :])


def test_a_jpeg_cut_between_two_scans_is_reported_though_each_scan_is_whole() -> None:
    content = JPEGS["progressive"]
    last = content.rindex(b"\xff\xda")
    assert not is_complete(content[: content.rindex(b"\xff\xc4", 0, last)])


def test_zeros_in_a_flat_picture_are_data() -> None:
    assert is_complete(FLAT["white"][:-2] + EOI)
    assert is_complete(FLAT["black, progressive"])


@pytest.mark.parametrize("name", PNGS)
def test_a_cut_png_is_shown_and_reported(name: str) -> None:
    content = PNGS[name]
    end = len(content) - 16
    start = content.index(b"IDAT") + 4
    for share in (0.5, 0.9):
        cut = content[: start + int((end - start) * share)]
        made = render(io.BytesIO(cut), EXACT, LIMITS)
        assert not made.is_complete
        with pytest.raises(TruncatedImageError):
            render(io.BytesIO(cut), EXACT, STRICT)


@pytest.mark.parametrize("rows", [0, 1, 2, 3])
@pytest.mark.parametrize("width", [1, 3, 40])
def test_a_png_stream_that_ends_well_with_too_few_rows_is_reported(width: int, rows: int) -> None:
    stored = zlib.compress((b"\0" + b"\x80" * width) * rows)
    chunks = png_header(width, 4), png_chunk(b"IDAT", stored), png_chunk(b"IEND")
    content = PNG_SIGNATURE + b"".join(chunks)
    if rows:
        assert not is_complete(content)
    else:
        with pytest.raises(TruncatedImageError):
            is_complete(content)


@pytest.mark.parametrize("value", range(256))
def test_a_whole_narrow_png_is_complete_whatever_is_in_its_last_row(value: int) -> None:
    assert is_complete(saved(Image.new("L", (1, 3), value), "PNG"))


def test_the_missing_rows_are_black_and_the_others_as_they_were() -> None:
    stored = zlib.compress((b"\0" + b"\x80" * 40) * 3)
    chunks = png_header(40, 4), png_chunk(b"IDAT", stored), png_chunk(b"IEND")
    made = render(io.BytesIO(PNG_SIGNATURE + b"".join(chunks)), EXACT, LIMITS)
    shown = pixels(made.content, "L")
    assert (shown[:3] == 128).all()
    assert (shown[3] == 0).all()


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("name", OTHERS)
def test_a_cut_file_of_another_format_is_shown_and_reported(name: str, share: float) -> None:
    content = OTHERS[name]
    cut = content[: int(len(content) * share)]
    made = render(io.BytesIO(cut), EXACT, LIMITS)
    assert not made.is_complete
    rows = slice(150, 200) if name == "BMP" else slice(0, 32)
    assert psnr(pixels(made.content)[rows], pixels(content)[rows]) > 25 if share > 0.5 else True
    with pytest.raises(TruncatedImageError):
        render(io.BytesIO(cut), EXACT, STRICT)


@pytest.mark.parametrize("name", ["BMP", "TIFF", "WEBP"])
def test_where_the_structure_shows_what_is_missing_the_strict_refuse_unread(name: str) -> None:
    cut = OTHERS[name][: len(OTHERS[name]) // 2]
    assert probe(io.BytesIO(cut), LIMITS).width == 300
    with pytest.raises(TruncatedImageError) as refusal:
        probe(io.BytesIO(cut), STRICT)
    assert refusal.value.code == "image_truncated"


def test_a_frame_that_ends_early_is_reported_and_takes_no_pixels_from_the_next() -> None:
    # Clear, one pixel, end; the frames after it are full of codes.
    frame = b"\x2c\0\0\0\0\x08\0\x08\0\0\x02\x02\x4c\x01\0"
    head = b"GIF89a\x08\0\x08\0\x80\0\0" + b"\xff\0\0\0\0\xff"
    content = head + frame + OTHERS["GIF"][13 + 3 * 256 :]
    assert not is_complete(content)


@pytest.mark.parametrize(
    "content",
    [
        JPEGS["baseline"][: JPEGS["baseline"].index(b"\xff\xda")],
        PNGS["RGB"][:40],
        OTHERS["GIF"][:700],
        OTHERS["WEBP"][:24],
        OTHERS["TIFF"][:40],
    ],
)
def test_a_file_with_no_pixel_at_all_is_refused(content: bytes) -> None:
    with pytest.raises((TruncatedImageError, CorruptImageError)):
        render(io.BytesIO(content), EXACT, LIMITS)


def test_disorder_after_the_pixels_is_no_matter() -> None:
    content = PNGS["RGB"][:-12] + png_chunk(b"fdAT", b"\0\0\0\x07junk") + PNGS["RGB"][-12:]
    assert is_complete(content)
