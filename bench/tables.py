"""Tables in Markdown, and numbers as a reader takes them in."""

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The first column is words, the others are numbers."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def number(value: float) -> str:
    """Three digits that count, and no zeros after them: ``0.0123``, ``4.5``, ``1,230``."""
    if value == 0:
        return "0"
    digits = max(0, 2 - _magnitude(value))
    if digits == 0:
        step = 10 ** max(0, _magnitude(value) - 2)
        return f"{round(value / step) * step:,}"
    return f"{value:,.{digits}f}".rstrip("0").rstrip(".")


def _magnitude(value: float) -> int:
    return int(f"{value:e}".partition("e")[2])
