"""The first directory of a TIFF file (TIFF 6.0, BigTIFF); later pages are not looked at."""

from dataclasses import dataclass
from typing import Final, Literal

from images.renditions.containers import tiff_features
from images.renditions.containers.cursor import Cursor, Layout
from images.renditions.errors import CorruptImageError, UnsupportedFeatureError

_WIDTH, _HEIGHT, _ROWS_PER_STRIP = 256, 257, 278
_OFFSETS: Final = {273: 279, 324: 325}  # strips and tiles: where they are, how long they are
_STRIPS: Final = 273
_METADATA: Final = frozenset({270, 700, 33723, 34377, 34665, 34675})
_TYPE_BYTES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 16: 8, 17: 8}
_MAX_PIECES: Final = 200_000
_MAX_ENTRIES: Final = 4_096
_UNCOMPRESSED, _JPEG = 1, 7
_BIG_OFFSETS: Final = 8


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
    """Check the size, metadata and coding, and whether strips or tiles lie within the file."""
    dialect = _dialect(cursor)
    entries = _entries(cursor, dialect)
    if _WIDTH not in entries or _HEIGHT not in entries:
        raise CorruptImageError("The directory does not give the size.")
    width, height = (_numbers(cursor, dialect, entries[tag])[0] for tag in (_WIDTH, _HEIGHT))
    cursor.limits.check_dimensions(width, height)
    if dialect.order == "big" and dialect.offset_bytes == _BIG_OFFSETS:
        raise UnsupportedFeatureError("BigTIFF with the most significant byte first")
    for tag in _METADATA & entries.keys():
        cursor.count_metadata(entries[tag].count * entries[tag].unit)
    tags = {
        tag: tuple(_numbers(cursor, dialect, entries[tag]))
        for tag in (*tiff_features.TAGS, _ROWS_PER_STRIP)
        if tag in entries
    }
    if feature := tiff_features.unsupported(dialect.order, tags):
        raise UnsupportedFeatureError(feature)
    pieces = _pieces(cursor, dialect, entries)
    if pieces is None:
        raise CorruptImageError("The directory does not say where the pixels are.")
    return Layout(has_all_data=not _is_cut(cursor.size, pieces, tags, width, height))


def _pieces(
    cursor: Cursor, dialect: _Dialect, entries: dict[int, _Entry]
) -> list[tuple[int, int]] | None:
    """Where each strip or tile begins, and how long it is; 0 when the file does not say."""
    for where, how_long in _OFFSETS.items():
        if where in entries:
            starts = _numbers(cursor, dialect, entries[where])
            lengths = _numbers(cursor, dialect, entries[how_long]) if how_long in entries else []
            return list(zip(starts, lengths + [0] * (len(starts) - len(lengths)), strict=False))
    return None


def _is_cut(
    size: int,
    pieces: list[tuple[int, int]],
    tags: dict[int, tuple[int, ...]],
    width: int,
    height: int,
) -> bool:
    """Whether pixels lie beyond the end of the file, as far as the directory alone can tell."""
    compression = tags.get(tiff_features.COMPRESSION, (_UNCOMPRESSED,))[0]
    if compression == _UNCOMPRESSED:
        bits = sum(tags.get(tiff_features.BITS, (1,)))
        rows = min(height, tags.get(_ROWS_PER_STRIP, (height,))[0]) or height
        last, length = pieces[-1]
        rest = height - rows * (len(pieces) - 1)
        if 0 < rest <= rows:  # strips in one plane; the last is often said to be longer than it is
            return last + (width * bits + 7) // 8 * rest > size
        return last + length > size
    # A decoder reports cut data by an error, save libjpeg, which makes up what is missing.
    return any(start >= size or (compression == _JPEG and start + n > size) for start, n in pieces)


def _dialect(cursor: Cursor) -> _Dialect:
    head = cursor.read(4)
    order: Literal["little", "big"] = "little" if head.startswith(b"II") else "big"
    if b"+" in head:  # BigTIFF, which says next how wide its offsets are: always 8
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
