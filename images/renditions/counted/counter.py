"""What the decoders of a picture have seen, and the decoder of ours that the others build on."""

from typing import Any

from PIL import Image

from images.renditions.containers import Layout

Box = tuple[int, int, int, int]


class Counter:
    """What the decoders of one picture have seen."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.failed = False
        self._expected = 0
        self._finished = 0

    def expect(self) -> None:
        """There is one more part of the picture to decode."""
        self._expected += 1

    def finish(self) -> None:
        """One part came to its end."""
        self._finished += 1

    @property
    def is_complete(self) -> bool:
        """Whether every part came to its end."""
        return not self.failed and self._finished >= self._expected


class Counted:
    """Feeds what Pillow reads to its own decoder, and counts an end without an error."""

    codec = "raw"
    pulls_fd = False

    def __init__(self, mode: str, counter: Counter, *args: Any) -> None:
        self.counter = counter
        self.inner = self.made(mode, *args)
        self.mode = mode

    def made(self, mode: str, *args: Any) -> Any:
        """Pillow's decoder."""
        core: Any = vars(Image)["core"]  # not in its types
        return getattr(core, f"{self.codec}_decoder")(mode, *args)

    def setimage(self, im: Any, extents: Box) -> None:
        """Where the pixels go."""
        self.im, self.extents = im, extents
        self.inner.setimage(im, extents)

    def decode(self, content: bytes) -> tuple[int, int]:
        """As a decoder of Pillow: how many bytes were used, or -1 at the end, and the error."""
        used, error = self.inner.decode(content)
        if used < 0:
            self.ended(error)
        return used, error

    def ended(self, error: int) -> None:
        """The decoder wants no more, for it has all or has failed."""
        if error < 0:
            self.counter.failed = True
        else:
            self.counter.finish()

    def cleanup(self) -> None:
        """As of a decoder of Pillow."""
        self.inner.cleanup()
