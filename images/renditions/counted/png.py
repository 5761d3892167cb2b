"""The rows of a PNG, counted."""

import contextlib
import random
import zlib
from typing import Any, Final

from PIL import Image

from images.renditions.counted.counter import Box, Counted, Counter

_NARROW: Final = 64
_ADAM7: Final = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)
"""The passes of an interlaced picture (PNG, 8.2): where in x and y each begins, and its steps."""


class CountedRows(Counted):
    """The rows of a PNG.

    A stream that ends well with too few rows ends like one with all of them, so the row that
    comes last is marked beforehand: it is the last, or in an interlaced picture the last odd one.
    Rows too narrow for a mark that no picture has by chance are inflated once more and counted.
    """

    codec = "zip"

    def __init__(self, mode: str, counter: Counter, *args: Any) -> None:
        super().__init__(mode, counter, *args)
        self.bits = _stored_bits(args[0])
        self.is_interlaced = len(args) > 1 and bool(args[1])
        self.rows: _RowCounter | None = None

    def setimage(self, im: Any, extents: Box) -> None:
        """Where the pixels go, with a mark in the row that comes last."""
        width, height = im.size
        last = (height // 2) * 2 - 1 if self.is_interlaced else height - 1
        self.box = (0, last, width, last + 1)
        self.empty = Image.new(self.mode, (width, 1))
        self.mark = self.empty
        if last < 0 or width < _NARROW:
            passes = _ADAM7 if self.is_interlaced else ((0, 0, 1, 1),)
            self.rows = _RowCounter(width, height, self.bits, passes)
        else:
            self.mark = _noise_like(self.empty)
            im.paste(self.mark.im, self.box)
        super().setimage(im, extents)

    def decode(self, content: bytes) -> tuple[int, int]:
        """As a decoder of Pillow."""
        if self.rows is not None:
            self.rows.inflate(content)
        return super().decode(content)

    def ended(self, error: int) -> None:
        """Count the end when the last row was written."""
        if self.has_last_row():
            super().ended(error)
        else:
            self.counter.failed = self.counter.failed or error < 0

    def has_last_row(self) -> bool:
        """Whether all rows were there."""
        if self.rows is not None:
            return self.rows.are_all_there
        row = Image.Image()._new(self.im.crop(self.box))  # noqa: SLF001 - the only way in
        return row.tobytes() != self.mark.tobytes()

    def cleanup(self) -> None:
        """As of a decoder of Pillow; a mark that is left is taken away."""
        if self.rows is None and not self.has_last_row():
            self.im.paste(self.empty.im, self.box)
        super().cleanup()


class _RowCounter:
    """How many bytes the rows of a narrow picture need, and how many there were."""

    def __init__(self, width: int, height: int, bits: int, passes: tuple[Box, ...]) -> None:
        self._needed = 0
        for x, y, dx, dy in passes:
            columns, rows = -(-(width - x) // dx), -(-(height - y) // dy)
            if columns > 0 and rows > 0:
                self._needed += rows * (1 + (columns * bits + 7) // 8)
        self._inflater = zlib.decompressobj()
        self._got = 0

    def inflate(self, content: bytes) -> None:
        """Count what some more of the stream holds."""
        with contextlib.suppress(zlib.error):
            self._got += len(self._inflater.decompress(content, self._needed + 1))

    @property
    def are_all_there(self) -> bool:
        """Whether there were as many as needed."""
        return self._got >= self._needed


def _stored_bits(layout: str) -> int:
    """Bits of a stored pixel, by Pillow's name for its layout, such as ``RGB;16B`` or ``P;4``."""
    bands, _, depth = layout.partition(";")
    if bands == "1":
        return 1
    return len(bands) * (int(depth.rstrip("B")) if depth else 8)


def _noise_like(row: Image.Image) -> Image.Image:
    noise = random.Random(row.width).randbytes(len(row.tobytes()))  # noqa: S311 - no secret
    return Image.frombytes(row.mode, row.size, noise)
