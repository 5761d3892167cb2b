"""The headers between a JPEG's scans, read for what its data must be like."""

from typing import Final

_DHT: Final = 0xC4
_SOS: Final = 0xDA
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {_DHT, 0xC8, 0xCC}
_DRI: Final = 0xDD
_AC: Final = 0x10
_BLOCK: Final = 8
_COEFFICIENTS: Final = 64
_LENGTHS: Final = 16
_PROGRESSIVE: Final = 0xC2
_ZERO_RUN: Final = 15


class Tables:
    """The kind of frame, the codes in force, and what the scan at hand uses of them.

    ``restarts`` is how many restart markers stand in the scan at hand.
    ``never_zeros`` says that its data can hold no long run of zeros.

    What zero bits mean is the first symbol of a table, which its shortest code stands for. In
    flat areas of a picture that is the end of a block, and data may well be nothing but zeros;
    where it is anything else, a long run of zeros is no picture.
    """

    def __init__(self) -> None:
        self.frame = 0
        self.never_zeros = False
        self.restarts = 0
        self._interval = 0
        self._size = 0, 0
        self._sampling: dict[int, tuple[int, int]] = {}
        self._first: dict[int, int] = {}
        self._missing_bits: dict[int, list[int]] = {}

    def read(self, head: bytes) -> None:
        """Take in the segments before a scan's data, its own header last."""
        position = 0
        while (position := head.find(b"\xff", position)) >= 0 and position + 4 <= len(head):
            marker = head[position + 1]
            if marker in (0xFF, 0xD8, 0) or 0xD0 <= marker <= 0xD9:  # noqa: PLR2004 - no segment
                position += 1
                continue
            end = position + 2 + int.from_bytes(head[position + 2 : position + 4], "big")
            self._segment(marker, head[position + 4 : end])
            position = end

    def _segment(self, marker: int, content: bytes) -> None:
        if marker == _DHT:
            self._codes(content)
        elif marker in _FRAMES:
            self.frame = marker
            self._size = int.from_bytes(content[3:5], "big"), int.from_bytes(content[1:3], "big")
            parts = [content[i : i + 3] for i in range(6, len(content), 3)]
            self._sampling = {part[0]: (part[1] >> 4, part[1] & 15) for part in parts if part[1:]}
        elif marker == _DRI:
            self._interval = int.from_bytes(content[:2], "big")
        elif marker == _SOS:
            self.never_zeros = not self._may_be_zeros(content)
            self._refine(content)
            self.restarts = self._units(content) // self._interval if self._interval else 0

    def _codes(self, content: bytes) -> None:
        while len(content) > 1 + _LENGTHS:
            counts = content[1 : 1 + _LENGTHS]
            self._first[content[0]] = content[1 + _LENGTHS]
            content = content[1 + _LENGTHS + sum(counts) :]

    @property
    def has_all_bits(self) -> bool:
        """Whether the scans so far bring every coefficient of every component to its last bit."""
        return self.frame != _PROGRESSIVE or all(
            component in self._missing_bits and not any(self._missing_bits[component])
            for component in self._sampling
        )

    def _refine(self, header: bytes) -> None:
        count = header[0] if header else 0
        start, end, approximation = (*header[1 + 2 * count :], 0, 0, 0)[:3]
        for component in header[1 : 1 + 2 * count : 2]:
            bits = self._missing_bits.setdefault(component, [1] * _COEFFICIENTS)
            bits[start : end + 1] = [approximation & 15] * (min(end, _COEFFICIENTS - 1) + 1 - start)

    def _units(self, header: bytes) -> int:
        """How many units (MCUs) of the scan come before its last one (T.81, A.2)."""
        chosen = header[1 : 1 + 2 * header[0] : 2] if header else b""
        most = [max((factors[i] for factors in self._sampling.values()), default=1) for i in (0, 1)]
        unit = [_BLOCK * factor or _BLOCK for factor in most]
        if len(chosen) == 1:  # one component: blocks of its own
            own = self._sampling.get(chosen[0], (1, 1))
            unit = [-(-unit[i] // (own[i] or 1)) for i in (0, 1)]
        return (-(-self._size[0] // unit[0])) * (-(-self._size[1] // unit[1])) - 1

    def _may_be_zeros(self, header: bytes) -> bool:
        count = header[0] if header else 0
        chosen = header[2 : 1 + 2 * count : 2]
        start, end, approximation = (*header[1 + 2 * count :], 0, 0, 0)[:3]
        if self.frame != _PROGRESSIVE:
            return all(
                self._first.get(c >> 4, 0) == 0 and self._ends_a_block(c & 15) for c in chosen
            )
        if start == 0:
            return bool(approximation >> 4) or all(self._first.get(c >> 4, 0) == 0 for c in chosen)
        return end >= start and all(self._ends_a_block(c & 15) for c in chosen)

    def _ends_a_block(self, table: int) -> bool:
        symbol = self._first.get(_AC | table, 0)
        return symbol & 15 == 0 and symbol >> 4 != _ZERO_RUN
