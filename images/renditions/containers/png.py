"""The chunks of a PNG file (W3C PNG, third edition), APNG included."""

import zlib
from dataclasses import dataclass
from typing import Final

from images.renditions.containers.cursor import Cursor, Layout
from images.renditions.containers.png_text import exif_and_xmp
from images.renditions.errors import CorruptImageError, TruncatedImageError

_METADATA: Final = frozenset({b"tEXt", b"zTXt", b"iTXt", b"iCCP", b"eXIf"})
_COMPRESSED_AT: Final = {b"zTXt": 1, b"iCCP": 1}
_MAX_EXIF_BYTES: Final = 1 << 20
_CRC_BYTES: Final = 4
_BLOCK_BYTES: Final = 1 << 20

USUAL_CHUNK_BYTES: Final = 1_024
"""The least length of chunks where there are many: libpng writes 8 KiB, others more."""


@dataclass(slots=True)
class _PngChunksSeen:
    """What the chunks so far have shown."""

    announced: int = 1
    controls: int = 0
    exif: bytes = b""
    xmp: bytes = b""
    has_pixels: bool = False
    is_sound: bool = True

    def note(self, name: bytes, exif: bytes, xmp: bytes) -> None:
        """Keep what a chunk of metadata holds.

        A chunk of EXIF counts for more than EXIF in a text, which an editor may have left.
        """
        self.exif = (exif or self.exif) if name == b"eXIf" else (self.exif or exif)
        self.xmp = self.xmp or xmp


def walk(cursor: Cursor) -> Layout:
    """Check size, metadata and checksums up to the last chunk, or to a second frame.

    A file that ends early is taken when it has pixels: how many there are is for the decoder to
    count. A wrong checksum of pixels is damage that is reported; of other chunks it is none.
    """
    cursor.skip(8)
    name, length = _chunk(cursor)
    if name != b"IHDR" or length < 8:  # noqa: PLR2004 - two sides of four bytes
        raise CorruptImageError("The file does not begin with its header.")
    header = cursor.read(length)
    width, height = int.from_bytes(header[:4], "big"), int.from_bytes(header[4:8], "big")
    cursor.limits.check_dimensions(width, height)
    cursor.skip(_CRC_BYTES)
    seen = _PngChunksSeen()
    has_end = True
    try:
        _walk_body(cursor, seen)
    except TruncatedImageError:
        if not seen.has_pixels:
            raise
        has_end = False
    if not seen.has_pixels:
        raise CorruptImageError("The file holds no picture.")
    # A file may announce fewer frames than it holds, or more.
    frames = max(1, seen.announced, seen.controls)
    return Layout(
        frames=frames, exif=seen.exif, xmp=seen.xmp, has_all_data=seen.is_sound, has_end=has_end
    )


def _walk_body(cursor: Cursor, seen: _PngChunksSeen) -> None:
    name, length = _chunk(cursor)
    while name != b"IEND":
        end = cursor.position + length + _CRC_BYTES
        if name in _METADATA:
            found = _count_metadata(cursor, name, length)
            seen.note(name, *found)
        elif name == b"acTL":
            seen.announced = int.from_bytes(cursor.read(min(length, 4)), "big")
        elif name == b"fcTL":
            seen.controls += 1
            if seen.has_pixels and seen.announced > 1:  # a second frame; Pillow stops there, too
                break
        elif name == b"IDAT":
            seen.has_pixels = True
            seen.is_sound = _has_its_checksum(cursor, name, length) and seen.is_sound
        # A wrong palette gives every pixel a wrong colour; the other chunks change nothing seen.
        elif name == b"PLTE" and not _has_its_checksum(cursor, name, length):
            raise CorruptImageError("The checksum of the palette is wrong.")
        cursor.move(end)
        name, length = _chunk(cursor)


def _chunk(cursor: Cursor) -> tuple[bytes, int]:
    cursor.count_block(USUAL_CHUNK_BYTES)
    head = cursor.read(8)
    return head[4:], int.from_bytes(head[:4], "big")


def _has_its_checksum(cursor: Cursor, name: bytes, length: int) -> bool:
    """Read a chunk to its end and compare its checksum, which Pillow does not."""
    check = zlib.crc32(name)
    while length:
        content = cursor.read(min(length, _BLOCK_BYTES))
        check = zlib.crc32(content, check)
        length -= len(content)
    return check == int.from_bytes(cursor.read(_CRC_BYTES), "big")


def _count_metadata(cursor: Cursor, name: bytes, length: int) -> tuple[bytes, bytes]:
    """Count a chunk at its full size, and give its EXIF and its XMP when it holds some."""
    cursor.count_metadata(length)
    content = cursor.read(length)
    if name == b"eXIf":
        return (content if length <= _MAX_EXIF_BYTES else b""), b""
    # A few bytes may inflate to gigabytes, and Pillow inflates them when it opens the file.
    if (start := _compressed_start(name, content)) is not None:
        cursor.count_metadata(_inflated_size(content[start:], cursor.metadata_left + 1))
    return exif_and_xmp(name, content, compressed_at=start)


def _compressed_start(name: bytes, content: bytes) -> int | None:
    keyword_end = content.find(b"\0")
    if keyword_end < 0:
        return None
    if name in _COMPRESSED_AT:
        return keyword_end + 1 + _COMPRESSED_AT[name]
    if name == b"iTXt" and content[keyword_end + 1 : keyword_end + 2] == b"\1":
        language_end = content.find(b"\0", keyword_end + 3)
        translation_end = content.find(b"\0", language_end + 1)
        return translation_end + 1 if 0 <= language_end < translation_end else None
    return None


def _inflated_size(content: bytes, most: int) -> int:
    """The decompressed size, or ``most`` when it is that or more; 0 when it is no zlib."""
    inflater = zlib.decompressobj()
    size, rest = 0, content
    try:
        while rest and size < most and not inflater.eof:
            size += len(inflater.decompress(rest, 1 << 16))
            rest = inflater.unconsumed_tail
    except zlib.error:
        return size
    return min(size, most)
