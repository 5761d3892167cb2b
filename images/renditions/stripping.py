"""The coded pixels of an original, copied into a file that holds nothing else.

Every container is written anew from the few parts that pixels need, so that what is not known
here (profiles, EXIF, previews, comments, what follows the end) cannot come along.
"""

import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Final

_JPEG_KEPT: Final = frozenset({*range(0xC0, 0xD0), 0xDB, 0xDD}) - {0xC8}
_JPEG_START, _JPEG_END, _JPEG_SCAN, _JPEG_JFIF, _JPEG_ADOBE = 0xD8, 0xD9, 0xDA, 0xE0, 0xEE
_JPEG_WITHIN_SCAN: Final = frozenset({0x00, *range(0xD0, 0xD8)})
_JFIF: Final = bytes.fromhex("ffe000104a46494600010100000100010000")
_ADOBE: Final = bytes.fromhex("ffee000e41646f626500640000" + "0000")
_ADOBE_TRANSFORM_AT: Final = 13

_PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT: Final = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT"})
_PNG_SAMPLES: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_INFLATE_STEP: Final = 1 << 20

_WEBP_PIXELS: Final = frozenset({b"VP8 ", b"VP8L"})
_WEBP_ALPHA_FLAG: Final = 0x10


class _NotPlainError(ValueError):
    """The file is not laid out in the plain way that can be copied with certainty."""


def stripped(content: bytes, image_format: str) -> bytes | None:
    """The file with its coded pixels alone; None for a format or a layout that is not copied.

    The caller has made sure that those pixels are upright, sRGB and all there.
    """
    copy = _COPIES.get(image_format)
    if copy is None:
        return None
    try:
        return copy(content)
    except (_NotPlainError, struct.error, IndexError, KeyError, zlib.error):
        return None


def _jpeg(content: bytes) -> bytes:
    out, at = [b"\xff\xd8"], 2
    while True:
        at, marker = _jpeg_marker(content, at)
        if marker == _JPEG_END:
            return b"".join([*out, b"\xff\xd9"])
        (length,) = struct.unpack_from(">H", content, at)
        segment, at = content[at : at + length], at + length
        if len(segment) != length:
            raise _NotPlainError
        if marker == _JPEG_JFIF and segment[2:7] == b"JFIF\0":
            out.append(_JFIF)
        elif marker == _JPEG_ADOBE and segment[2:7] == b"Adobe":
            out.append(_ADOBE + segment[_ADOBE_TRANSFORM_AT : _ADOBE_TRANSFORM_AT + 1])
        elif marker in _JPEG_KEPT:
            out.append(bytes((0xFF, marker)) + segment)
        elif marker == _JPEG_SCAN:
            end = _jpeg_scan_end(content, at)
            out.append(b"\xff\xda" + segment + content[at:end])
            at = end


def _jpeg_marker(content: bytes, at: int) -> tuple[int, int]:
    """Where the segment of the next marker begins, and that marker."""
    if content[at] != 0xFF:  # noqa: PLR2004 - the byte that begins a marker
        raise _NotPlainError
    while content[at] == 0xFF:  # noqa: PLR2004 - likewise, or pads the space before it
        at += 1
    return at + 1, content[at]


def _jpeg_scan_end(content: bytes, at: int) -> int:
    while (at := content.find(b"\xff", at)) >= 0:
        if content[at + 1] not in _JPEG_WITHIN_SCAN:
            return at
        at += 2
    raise _NotPlainError


def _png(content: bytes) -> bytes:
    out, pixels = [_PNG_SIGNATURE], []
    for name, body in _png_chunks(content):
        if name not in _PNG_KEPT:
            continue
        if name == b"IDAT":
            pixels.append(body)
        out.append(struct.pack(">I", len(body)) + name + body)
        out.append(struct.pack(">I", zlib.crc32(name + body)))
    _png_check(out[1][8:], pixels)
    return b"".join([*out, b"\0\0\0\0IEND\xae\x42\x60\x82"])


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_PNG_SIGNATURE)
    while True:
        length, name = struct.unpack_from(">I4s", content, at)
        if name == b"IEND":
            return
        yield name, content[at + 8 : at + 8 + length]
        at += length + 12


def _png_check(header: bytes, pixels: list[bytes]) -> None:
    """Raise unless the pixels fill their zlib stream exactly, so that nothing hides behind them."""
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", header)
    expected = height * (1 + (width * depth * _PNG_SAMPLES[kind] + 7) // 8)
    inflater, size = zlib.decompressobj(), 0
    for body in pixels:
        rest = body
        while rest:
            size += len(inflater.decompress(rest, _INFLATE_STEP))
            rest = inflater.unconsumed_tail
            if size > expected:
                raise _NotPlainError
    size += len(inflater.flush())
    if interlaced or depth > 8 or size != expected or not inflater.eof or inflater.unused_data:  # noqa: PLR2004 - bits
        raise _NotPlainError


def _webp(content: bytes) -> bytes:
    chunks = dict(_webp_chunks(content))
    pixels = next((name for name in chunks if name in _WEBP_PIXELS), None)
    if pixels is None or b"ANIM" in chunks:
        raise _NotPlainError
    kept = [_webp_chunk(pixels, chunks[pixels])]
    if pixels == b"VP8 " and b"ALPH" in chunks:
        canvas = chunks[b"VP8X"][4:10]
        head = _webp_chunk(b"VP8X", bytes((_WEBP_ALPHA_FLAG, 0, 0, 0)) + canvas)
        kept = [head, _webp_chunk(b"ALPH", chunks[b"ALPH"]), *kept]
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _webp_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    end = min(len(content), 8 + int.from_bytes(content[4:8], "little"))
    at = 12
    while at + 8 <= end:
        name, length = struct.unpack_from("<4sI", content, at)
        body = content[at + 8 : at + 8 + length]
        if len(body) != length:
            raise _NotPlainError
        yield name, body
        at += 8 + length + length % 2


def _webp_chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


_COPIES: Final[Mapping[str, Callable[[bytes], bytes]]] = {"jpeg": _jpeg, "png": _png, "webp": _webp}
