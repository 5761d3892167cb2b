"""Pieces of bytes as a stream that is read once."""

from collections.abc import Iterable


class PieceStream:
    """Pieces of bytes as a stream that is read once."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._held = b""
        self.given = 0

    def read(self, size: int = -1) -> bytes:
        """The next ``size`` bytes, fewer only at the end; without a size, all that is left."""
        parts, length = [self._held], len(self._held)
        while size < 0 or length < size:
            piece = next(self._pieces, None)
            if piece is None:
                break
            parts.append(piece)
            length += len(piece)
        whole = b"".join(parts)
        taken, self._held = (whole, b"") if size < 0 else (whole[:size], whole[size:])
        self.given += len(taken)
        return taken

    def put_back(self, taken: bytes) -> None:
        """Give these once more."""
        self._held = taken + self._held
