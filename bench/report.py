"""The pages of what was measured: RESULTS.md, the capacity sheet and their pictures.

Everything is made of ``bench/results``; nothing is measured here. Run ``python -m bench report``.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from bench import reports
from bench.capacity import sheet
from bench.capacity_page import capacity_page
from bench.plots import PICTURES, draw_all
from bench.results_page import results_page

RESULTS: Final = reports.ROOT / "bench" / "RESULTS.md"
CAPACITY: Final = reports.ROOT / "docs" / "capacity.md"


def parts_there(source: Path) -> dict[str, Mapping[str, Any]]:
    """The report of every part that has one, in the order of their names."""
    found: dict[str, Mapping[str, Any]] = {}
    for file in sorted(source.glob("*.json")):
        report = reports.read(file.stem, source=source)
        if report is not None:
            found[file.stem] = report
    return found


def main() -> int:
    """Write the pages; a quick run writes its own below var/bench, to be looked at."""
    source = reports.directory()
    is_quick = reports.is_quick()
    parts = parts_there(source)
    reads, pipeline = parts["reads"], parts["pipeline"]
    capacity = sheet(reads, pipeline)
    reports.write("capacity", capacity)
    target = source.parent if is_quick else None
    pictures = PICTURES if target is None else target / "pictures"
    pictures.mkdir(exist_ok=True)
    pages = {
        target / "RESULTS.md" if target else RESULTS: results_page(parts),
        target / "capacity.md" if target else CAPACITY: capacity_page(
            reads, pipeline, capacity, parts.get("accounts")
        ),
    }
    for path, text in pages.items():
        path.write_text(text, encoding="utf-8")
        print(f"wrote {path.relative_to(reports.ROOT)}")
    draw_all(reads, pipeline, capacity, target=pictures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
