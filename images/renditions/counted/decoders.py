"""Pillow's decoders, each inside one that sees whether it came to the picture's end.

They are registered under names of their own and named in the tiles of the images that
`images.renditions.counted.load` loads, so Pillow's own ways stay as they are.
"""

from typing import IO, Any, Final

from PIL import Image
from PIL.BmpImagePlugin import BmpRleDecoder

from images.renditions.counted.counter import Counted, Counter
from images.renditions.counted.jpeg import decode_scans
from images.renditions.counted.png import CountedRows

_DONE: Final = (-1, 0)
_PREFIX: Final = "counted-"


def counted_tile(tile: Any, counter: Counter) -> Any:
    """The tile, to be decoded by one of ours; as it is where there is none."""
    if tile.codec_name not in _DECODERS:
        return tile
    counter.expect()
    args = tile.args if isinstance(tile.args, tuple) else (tile.args,)
    return tile._replace(codec_name=_PREFIX + tile.codec_name, args=(counter, *args))


class _Whole(Counted):
    """A decoder that is given exactly the bytes of its picture, not what follows them."""

    pulls_fd = True

    def setfd(self, file: IO[bytes]) -> None:
        """Where the bytes are read from."""
        self.file = file


class _Gif(_Whole):
    """The codes of a frame: whatever follows them, Pillow's decoder would take for more."""

    codec = "gif"

    def decode(self, _content: bytes) -> tuple[int, int]:
        """Decode all of the frame."""
        start = self.file.tell()
        _, end = next((run for run in self.counter.layout.data if run[0] - 1 <= start), (0, 0))
        left = max(0, end - start)
        used, error = self.inner.decode(self.file.read(left))
        if used < 0:
            self.ended(error)
        return _DONE


class _Jpeg(_Whole):
    """The scans of a JPEG."""

    codec = "jpeg"

    def decode(self, _content: bytes) -> tuple[int, int]:
        """Decode all scans."""
        outcome = decode_scans(self.inner, self.file, self.counter.layout)
        if outcome.failed:
            self.counter.failed = True
        elif outcome.is_complete:
            self.counter.finish()
        return _DONE


class _BmpRle(BmpRleDecoder):
    """Run-length codes, which may leave pixels out on purpose and end early by a code."""

    def __init__(self, mode: str, counter: Counter, *args: Any) -> None:
        super().__init__(mode, *args)
        self.counter = counter

    def decode(self, buffer: Any) -> tuple[int, int]:
        """Decode all; what the codes leave out is the first colour."""
        self.fd: Any = _Noting(self.fd)
        return super().decode(buffer)

    def set_as_raw(
        self, data: bytes | bytearray, rawmode: str | None = None, extra: Any = ()
    ) -> None:
        """Take the pixels, and count them as all there when the file did not end first."""
        if not self.fd.ran_out:
            self.counter.finish()
        size = self.state.xsize * self.state.ysize
        super().set_as_raw(data[:size].ljust(size, b"\0"), rawmode, extra)


class _Noting:
    """A file that notes when less was there than was asked for."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self.ran_out = False

    def read(self, count: int) -> bytes:
        content: bytes = self._file.read(count)
        self.ran_out = self.ran_out or len(content) < count
        return content

    def seek(self, offset: int, whence: int = 0) -> int:
        return int(self._file.seek(offset, whence))

    def tell(self) -> int:
        return int(self._file.tell())


_DECODERS: Final[dict[str, Any]] = {
    "raw": Counted,
    "zip": CountedRows,
    "gif": _Gif,
    "jpeg": _Jpeg,
    "bmp_rle": _BmpRle,
}
for _name, _decoder in _DECODERS.items():
    Image.register_decoder(_PREFIX + _name, _decoder)
