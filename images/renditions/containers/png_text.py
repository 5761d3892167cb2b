"""The texts of a PNG file that carry EXIF or XMP: an XMP packet, and raw profiles.

A raw profile is what ImageMagick and ExifTool wrote before PNG had a chunk for EXIF: a name, a
length and the bytes in hexadecimal, in a text chunk.
"""

import re
import zlib
from typing import Final

MAX_BYTES: Final = 1 << 20
_XMP: Final = b"XML:com.adobe.xmp"
_PROFILES: Final = frozenset(
    {b"Raw profile type exif", b"Raw profile type APP1", b"Raw profile type xmp"}
)
_PROFILE: Final = re.compile(rb"\s*[\w+-]{1,20}\s+([0-9]{1,7})\s+([0-9A-Fa-f\s]*)")
_XMP_PREFIX: Final = b"http://ns.adobe.com/xap/1.0/\0"


def exif_and_xmp(name: bytes, content: bytes, *, compressed_at: int | None) -> tuple[bytes, bytes]:
    """The EXIF and the XMP in a text chunk, each empty when it holds none.

    ``compressed_at`` is where compressed text begins, ``None`` when the text is plain.
    """
    keyword, _, text = content[:MAX_BYTES].partition(b"\0")
    if keyword != _XMP and keyword not in _PROFILES:
        return b"", b""
    if compressed_at is not None:
        text = _inflated(content[compressed_at:])
    elif name == b"iTXt":  # two flags, a language and a translation of the keyword
        text = text[2:].partition(b"\0")[2].partition(b"\0")[2]
    if keyword == _XMP:
        return b"", text
    profile = _bytes_of_profile(text)
    if keyword.endswith(b"xmp") or profile.startswith(_XMP_PREFIX):
        return b"", profile.removeprefix(_XMP_PREFIX)
    return profile, b""


def _inflated(content: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(content, MAX_BYTES)
    except zlib.error:
        return b""


def _bytes_of_profile(text: bytes) -> bytes:
    match = _PROFILE.match(text)
    if match is None:
        return b""
    digits = b"".join(match[2].split())
    whole = digits[: min(2 * int(match[1]), len(digits) // 2 * 2)]
    return bytes.fromhex(whole.decode())
