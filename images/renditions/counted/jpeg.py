"""Feeds a JPEG to libjpeg piece by piece, to see what libjpeg's warnings would have said.

libjpeg makes up what is missing and says so by a warning that Pillow does not pass on. But it
can be fed in parts, and stops when it wants more. Before each marker that ends entropy-coded data
it is given a few zero bytes instead: when it then passes over them, it has all blocks of that
data and looks for the marker; when it takes them for data, blocks are missing. When it looks for
a marker long before one comes, it has been led astray, and the data is damaged.
"""

import re
from dataclasses import dataclass
from typing import IO, Any, Final

from images.renditions.containers import Layout
from images.renditions.counted.jpeg_tables import Tables

_PROBE: Final = b"\xfe" * 9
"""libjpeg fills a buffer of 64 bits, and stops when it cannot; the ninth byte is given alone.

Ones begin the longest codes, so as few blocks as possible are made of these bytes.
"""

_EARLY_BYTES: Final = 2
"""So far before the end a decoder must still want bytes; it is seen to want none some 7 later."""

_MOST_PIECES: Final = 4_096
_ZEROS: Final = b"\0" * 64
"""What a disk or a download leaves for what was never written."""

_EOI: Final = b"\xff\xd9"
_RESTART: Final = re.compile(rb"\xff([\xd0-\xd7])")
_HUFFMAN_FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2})


@dataclass(frozen=True, slots=True)
class ScansOutcome:
    """Whether every block was there; ``failed`` when libjpeg gave up."""

    is_complete: bool
    failed: bool


class _Feed:
    """A decoder and what it has been given and not used yet."""

    def __init__(self, decoder: Any) -> None:
        self._decoder = decoder
        self._rest = b""
        self.has_ended = False
        self.failed = False

    def give(self, content: bytes | memoryview) -> None:
        if self.has_ended:
            return
        if self._rest:
            content = self._rest + bytes(content)
        used, error = self._decoder.decode(content)
        if used < 0:
            self.has_ended, self.failed, self._rest = True, error < 0, b""
        else:
            self._rest = bytes(content[used:])

    @property
    def passes_over(self) -> bool:
        """Whether the decoder has used all it has, as it does when it looks for a marker."""
        return not self._rest

    @property
    def is_idle(self) -> bool:
        """Whether it has used all that it was given.

        When one more byte leaves it idle again, it looks for a marker: while it decodes, it
        takes bytes in only when they fill its buffer, and so several at a time.
        """
        return not self._rest


def decode_scans(decoder: Any, file: IO[bytes], layout: Layout) -> ScansOutcome:
    """Decode the JPEG that begins where ``file`` stands and is laid out as ``layout`` says.

    A progressive JPEG without its end mark, or that ends in zeros, must have the scans that bring
    every last bit; one that ends well may do without them on purpose.
    """
    feed, tables = _Feed(decoder), Tables()
    position, content, is_complete = file.tell(), b"", True
    for start, end in layout.data:
        head = file.read(start - position)
        tables.read(head)
        feed.give(head)
        content = file.read(end - start)
        is_complete = _Pieces(feed, tables).decode(content) and is_complete
        position = end
    if not feed.has_ended:
        feed.give(_EOI)
    if not layout.has_end or content.endswith(_ZEROS):
        is_complete = is_complete and tables.has_all_bits
    return ScansOutcome(is_complete and feed.has_ended and not feed.failed, feed.failed)


class _Pieces:
    """The data of a scan, cut at its restart markers."""

    def __init__(self, feed: _Feed, tables: Tables) -> None:
        self._feed = feed
        self._tables = tables

    def decode(self, content: bytes) -> bool:
        """Feed all of it; whether every block was there."""
        if self._feed.has_ended:  # a scan more than the picture needs
            return True
        if self._tables.frame not in _HUFFMAN_FRAMES:
            self._feed.give(content)
            return True
        if self._tables.never_zeros:
            content = _without_empty_end(content)
            if _ZEROS in content:
                self._feed.give(content)
                return False
        marks = list(_RESTART.finditer(content))
        is_complete, start = _are_all_there(marks, self._tables.restarts), 0
        if len(marks) > _MOST_PIECES:  # the last is looked at, and the others are counted
            marks = marks[-1:]
        for end in [*(mark.start() for mark in marks), len(content)]:
            is_complete = self._piece(content[start:end]) and is_complete
            start = end
        return is_complete

    def _piece(self, content: bytes) -> bool:
        """Feed what lies between two markers, the first of which comes with it."""
        body = content.rstrip(b"\xff")  # fill bytes before a marker
        useful = len(body.rstrip(b"\0"))
        if len(body) - useful < len(_ZEROS):
            return not self._wants_no_more(body) and self._has_all()
        # Zeros at the end are data of a flat picture, or the padding of one that is all there.
        # What needs some of them and not all is missing its end.
        if self._wants_no_more(body[:useful]):
            return False
        if self._has_all(_ZEROS[: len(_PROBE)]):
            return True
        return not self._wants_no_more(body[useful + len(_PROBE) :]) and self._has_all()

    def _wants_no_more(self, body: bytes) -> bool:
        """Feed ``body``; whether its last bytes are more than the picture needs."""
        feed, early = self._feed, _cut_before(body, len(body.rstrip(b"\0")) - _EARLY_BYTES)
        if not body.rstrip(b"\0"):
            early = len(body) - len(_ZEROS) // 2
        if early <= 0:
            feed.give(body)
            return False
        feed.give(memoryview(body)[:early])  # no second copy of what may be large
        was_idle = feed.is_idle
        feed.give(body[early : early + 1])
        wants_none = feed.has_ended or (was_idle and feed.is_idle)
        feed.give(memoryview(body)[early + 1 :])
        return wants_none

    def _has_all(self, probe: bytes = _PROBE) -> bool:
        feed = self._feed
        feed.give(probe[:-1])
        was_idle = feed.is_idle
        feed.give(probe[-1:])
        return (feed.has_ended and not feed.failed) or (was_idle and feed.is_idle)


def _cut_before(body: bytes, most: int) -> int:
    """The last place up to ``most`` with no 0xFF on either side; 0 when there is none near."""
    for place in range(most, max(0, most - 16), -1):
        if b"\xff" not in body[place - 1 : place + 2]:
            return place
    return 0


def _are_all_there(marks: list[re.Match[bytes]], expected: int) -> bool:
    """Whether restart markers count from 0 to 7, over and over, and are as many as there must be.

    Some encoders write one more after the last block.
    """
    in_order = all(mark[1][0] & 7 == number & 7 for number, mark in enumerate(marks))
    return in_order and len(marks) in (expected, expected + 1)


def _without_empty_end(content: bytes) -> bytes:
    """The data of a file that was filled with zeros to a length, which are no blocks."""
    useful = content.rstrip(b"\0")
    return useful if len(content) - len(useful) >= len(_ZEROS) else content
