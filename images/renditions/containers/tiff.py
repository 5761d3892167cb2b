"""The first directory of a TIFF file (TIFF 6.0, BigTIFF); later pages are not looked at."""

from dataclasses import dataclass
from typing import Final, Literal

from images.renditions.containers.cursor import Cursor, Layout
from images.renditions.errors import CorruptImageError, TruncatedImageError

_WIDTH, _HEIGHT = 256, 257
_OFFSETS: Final = {273: 279, 324: 325}  # strips and tiles: where they are, how long they are
_METADATA: Final = frozenset({270, 700, 33723, 34377, 34665, 34675})
_TYPE_BYTES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 16: 8, 17: 8}
_MAX_PIECES: Final = 200_000
_MAX_ENTRIES: Final = 4_096


@dataclass(frozen=True, slots=True)
class _Entry:
    unit: int
    count: int
    value: bytes


@dataclass(frozen=True, slots=True)
class _Dialect:
    order: Literal["little", "big"]
    count_bytes: int
    offset_bytes: int

    def number(self, content: bytes) -> int:
        return int.from_bytes(content, self.order)


def walk(cursor: Cursor) -> Layout:
    """Check the size, metadata, and that strips or tiles lie within the file."""
    dialect = _dialect(cursor)
    entries = _entries(cursor, dialect)
    if _WIDTH not in entries or _HEIGHT not in entries:
        raise CorruptImageError("The directory does not give the size.")
    width, height = (_numbers(cursor, dialect, entries[tag])[0] for tag in (_WIDTH, _HEIGHT))
    cursor.limits.check_dimensions(width, height)
    for tag in _METADATA & entries.keys():
        cursor.count_metadata(entries[tag].count * entries[tag].unit)
    for where, how_long in _OFFSETS.items():
        if where in entries and how_long in entries:
            starts = _numbers(cursor, dialect, entries[where])
            lengths = _numbers(cursor, dialect, entries[how_long])
            if any(a + b > cursor.size for a, b in zip(starts, lengths, strict=False)):
                raise TruncatedImageError("The file ends before the picture does.")
    return Layout()


def _dialect(cursor: Cursor) -> _Dialect:
    head = cursor.read(4)
    order: Literal["little", "big"] = "little" if head.startswith(b"II") else "big"
    if b"+" in head:
        cursor.skip(4)
        return _Dialect(order, 8, 8)
    return _Dialect(order, 2, 4)


def _entries(cursor: Cursor, dialect: _Dialect) -> dict[int, _Entry]:
    cursor.move(dialect.number(cursor.read(dialect.offset_bytes)))
    count = dialect.number(cursor.read(dialect.count_bytes))
    if count > _MAX_ENTRIES:
        raise CorruptImageError("The directory has too many entries.")
    entries = {}
    for _ in range(count):
        raw = cursor.read(4 + 2 * dialect.offset_bytes)
        unit = _TYPE_BYTES.get(dialect.number(raw[2:4]), 1)
        amount = dialect.number(raw[4 : 4 + dialect.offset_bytes])
        tag = dialect.number(raw[:2])
        entries[tag] = _Entry(unit, amount, raw[4 + dialect.offset_bytes :])
    return entries


def _numbers(cursor: Cursor, dialect: _Dialect, entry: _Entry) -> list[int]:
    if not 1 <= entry.count <= _MAX_PIECES:
        raise CorruptImageError("The directory has an entry of impossible length.")
    total = entry.unit * entry.count
    content = entry.value[:total]
    if total > dialect.offset_bytes:
        cursor.move(dialect.number(entry.value))
        content = cursor.read(total)
    return [dialect.number(content[i : i + entry.unit]) for i in range(0, total, entry.unit)]
