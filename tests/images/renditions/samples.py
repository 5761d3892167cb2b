"""Pictures and files for the core's tests, made here; the photographs are in their own folder."""

import io
import math
import struct
import zlib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pyvips
from PIL import Image, ImageOps

from images.renditions import Limits, RenditionSpec, render
from images.renditions.content import Content
from images.renditions.encoding import encode

LIMITS = Limits()
PNG = RenditionSpec(format="png")
PHOTOGRAPHS = Path(__file__).parents[2] / "photographs"
STORED_AS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Toned(RenditionSpec):
    """The spec with one more operation, as somebody will add it."""

    tone: str | None = field(default=None, metadata={"key": "tone", "read": str})


def encode_toned(image: Image.Image, spec: RenditionSpec, content: Content | None = None) -> bytes:
    """As the core encodes, in inverse colours where the spec has a tone."""
    if isinstance(spec, Toned) and spec.tone:
        image = ImageOps.invert(image)
    return encode(image, spec, content)


def rendered(content: bytes, spec: RenditionSpec = PNG) -> Image.Image:
    """What the core makes of a file, opened."""
    return Image.open(io.BytesIO(render(io.BytesIO(content), spec, LIMITS).content))


def turned_for(upright: Image.Image, orientation: int) -> Image.Image:
    """The pixels as a camera stores them with this value of the EXIF tag Orientation."""
    method = STORED_AS.get(orientation)
    return upright if method is None else upright.transpose(method)


def photograph(name: str) -> io.BytesIO:
    return io.BytesIO((PHOTOGRAPHS / name).read_bytes())


@cache
def profile(name: str) -> bytes:
    """One of the ICC profiles that libvips carries: p3, cmyk or srgb."""
    return bytes(pyvips.Operation.call("profile_load", name))


def picture(width: int = 120, height: int = 80, mode: str = "RGB") -> Image.Image:
    """A smooth picture without any symmetry, so that a wrong turn shows."""
    x, y = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    bands = [255 * x, 255 * y, 255 * (1 - x) * (0.3 + 0.7 * y), 55 + 200 * (x * y), x * 0]
    stack = {"L": [0], "LA": [0, 3], "RGB": [0, 1, 2], "RGBA": [0, 1, 2, 3], "CMYK": [0, 1, 2, 4]}
    pixels = np.stack([bands[i] for i in stack[mode]], axis=-1).round().astype(np.uint8)
    return Image.frombytes(mode, (width, height), pixels.tobytes())


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def pixels(content: bytes, mode: str = "RGB") -> np.ndarray:
    """The decoded pixels; what is transparent is laid on white."""
    image: Image.Image = Image.open(io.BytesIO(content))
    if image.has_transparency_data and mode == "RGB":
        rgba = image.convert("RGBA")
        image = Image.new("RGBA", image.size, "white")
        image.alpha_composite(rgba)
    return np.asarray(image.convert(mode), np.float64)


def psnr(one: np.ndarray, other: np.ndarray) -> float:
    """Peak signal to noise in dB of two 8-bit pictures of one shape; 99 when they are equal."""
    assert one.shape == other.shape
    error = float(np.mean((one.astype(np.float64) - other.astype(np.float64)) ** 2))
    return 99.0 if error == 0 else 10 * math.log10(255**2 / error)


def png_chunk(name: bytes, content: bytes = b"", crc: int | None = None) -> bytes:
    check = zlib.crc32(name + content) if crc is None else crc
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)


def png_header(width: int, height: int, depth: int = 8, kind: int = 0) -> bytes:
    return png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0))


def png_of(*chunks: bytes, width: int = 4, height: int = 4) -> bytes:
    """A grey PNG with more chunks between its header and its pixels."""
    rows = png_chunk(b"IDAT", zlib.compress((b"\0" + b"\x80" * width) * height))
    head = PNG_SIGNATURE + png_header(width, height)
    return head + b"".join(chunks) + rows + png_chunk(b"IEND")


def pixel_bomb(side: int = 16_000) -> bytes:
    """A complete PNG of ``side`` squared pixels in a few kilobytes: one bit each, of a palette."""
    packer = zlib.compressobj(9)
    row = b"\0" * (1 + (side + 7) // 8)
    packed = b"".join([*(packer.compress(row) for _ in range(side)), packer.flush()])
    head = PNG_SIGNATURE + png_header(side, side, depth=1, kind=3) + png_chunk(b"PLTE", b"\0" * 6)
    return head + png_chunk(b"IDAT", packed) + png_chunk(b"IEND")


def gif(frames: list[tuple[int, int]], canvas: tuple[int, int] = (8, 8)) -> bytes:
    """A GIF with frames of these sizes, each of which holds the same few codes."""
    head = b"GIF89a" + struct.pack("<HHBBB", *canvas, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    body = b"".join(
        b"\x2c" + struct.pack("<HHHHB", 0, 0, *size, 0) + b"\x02\x02\x4c\x01\x00" for size in frames
    )
    return head + body + b"\x3b"


def animation(kind: str, frames: int = 3) -> bytes:
    first, *others = (picture(40 + i, 30).crop((i, 0, 40 + i, 30)) for i in range(frames))
    return saved(first, kind, save_all=True, append_images=others, duration=40)


def heic(*images: Image.Image, **options: Any) -> bytes:
    """A HEIC file of these pictures; ``primary_index`` says which of them it stands for."""
    file = pillow_heif.HeifFile()  # type: ignore[no-untyped-call]
    for image in images:
        # The library would turn the pixels and say in the file that they are to be turned again.
        exif = image.info.pop("exif", None)
        file.add_from_pillow(image).info["exif"] = exif
    buffer = io.BytesIO()
    file.save(buffer, **{"quality": 90, **options})
    return buffer.getvalue()


def gps_exif(orientation: int = 1) -> bytes:
    """EXIF with a maker, a position and an orientation."""
    block = Image.Exif()
    block[0x010F] = "a maker to be removed"
    block[0x0112] = orientation
    block.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, 30.0), 3: "E", 4: (17.0, 6.0, 20.0)})
    return block.tobytes()


KINDS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "TIFF", "BMP")
WHOLE = {kind: saved(picture(48, 32), kind) for kind in KINDS} | {
    "progressive JPEG": saved(picture(48, 32), "JPEG", progressive=True),
    "CMYK JPEG": saved(picture(48, 32, "CMYK"), "JPEG"),
    "LZW TIFF": saved(picture(48, 32), "TIFF", compression="tiff_lzw"),
    "palette PNG": saved(picture(48, 32).quantize(16), "PNG", transparency=1),
    "animated PNG": animation("PNG"),
    "animated WEBP": animation("WEBP"),
    "animated GIF": animation("GIF"),
    "animated AVIF": animation("AVIF"),
    "HEIC": heic(picture(48, 32)),
    "HEIC with alpha": heic(picture(48, 32, "RGBA")),
    "HEIC of tiles": heic(picture(160, 96), tile_size=64),
    "MPO": saved(picture(48, 32), "MPO", save_all=True, append_images=[picture(24, 16)]),
}
"""A good file of each kind, all of them small."""
