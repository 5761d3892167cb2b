"""The table of `docs/stores.md`: which store does what, from what was found last."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.servers.processes import ROOT
from tests.stores.contract import CHECKS

KNOWN: Final = ROOT / "tests" / "stores" / "known.json"
"""Of each store its version, and what it does otherwise by the name of the check."""
PAGE: Final = ROOT / "docs" / "stores.md"
BEGIN, END = "<!-- the table: python -m tests.stores --record -->", "<!-- the end of the table -->"

Known = dict[str, Any]


def known() -> Known:
    """What each store is known to do."""
    found: Known = json.loads(KNOWN.read_text())
    return found


def differences(store: str) -> Mapping[str, str]:
    """What a store is known to do otherwise; of one that nobody has asked, nothing."""
    differs: Mapping[str, str] = known().get(store, {}).get("differs", {})
    return differs


def text(stores: Known) -> str:
    """The table in Markdown, with a row for each check and a column for each store."""
    return "\n".join(_lines(stores))


def _lines(stores: Known) -> Iterator[str]:
    yield f"| {len(CHECKS)} checks | {' | '.join(stores)} |"
    yield "|" + "---|" * (len(stores) + 1)
    yield f"| version | {' | '.join(one['about'] for one in stores.values())} |"
    passed = [len(CHECKS) - len(one["differs"]) for one in stores.values()]
    yield f"| **as the contract says** | {' | '.join(map(str, passed))} |"
    group = ""
    for check in CHECKS:
        if check.group != group:
            group = check.group
            yield f"| **{group}** |" + " |" * len(stores)
        cells = (one["differs"].get(check.name) for one in stores.values())
        yield f"| {check.words} | {' | '.join(_cell(words) for words in cells)} |"


def _cell(words: str | None) -> str:
    return "✓" if not words else words.replace("|", r"\|")


def page(before: str, stores: Known) -> str:
    """The page with the table of today in its place."""
    head, _, rest = before.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n\n{text(stores)}\n\n{END}{tail}"
