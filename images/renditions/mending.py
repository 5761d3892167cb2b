"""Copies of files that end early, of the length that they say, for readers that insist on it."""

import io
from typing import BinaryIO, Final

_RIFF_HEAD_BYTES: Final = 8


def mended(file: BinaryIO, name: str, length: int) -> BinaryIO:
    """The file named by its format, cut or filled with zeros to ``length`` bytes."""
    content = file.read(length).ljust(length, b"\0")
    if name == "webp":
        size = (length - _RIFF_HEAD_BYTES).to_bytes(4, "little")
        content = content[:4] + size + content[_RIFF_HEAD_BYTES:]
    return io.BytesIO(content)
