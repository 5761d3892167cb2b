"""Asks the store at hand every check and prints what it does otherwise.

python -m tests.stores [--record ABOUT]   (ABOUT: its version; what was found becomes the table)

Ends with 1 when the store does otherwise than is known of it.
"""

import json
import os
import sys
from collections.abc import Mapping, Sequence

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "platform_site.settings.test_embedded")
os.environ.setdefault("LOG_LEVEL", "ERROR")

import django

django.setup()

from tests.stores import stores, table  # noqa: E402 - code of the platform reads the settings
from tests.stores.contract import CHECKS  # noqa: E402 - likewise


def main(arguments: Sequence[str]) -> int:
    """Ask, print, and record when told to; the exit status."""
    name = stores.at_hand()
    found = {}
    with stores.asked() as at:
        for check in CHECKS:
            if words := stores.outcome(check, at):
                found[check.name] = words
            _say(f"{'-' if words else '✓'} {check.group}: {check.words}{words and f' — {words}'}")
    _say(f"\n{name}: {len(CHECKS) - len(found)} of {len(CHECKS)} as the contract says.")
    if arguments[:1] == ["--record"]:
        _record(name, " ".join(arguments[1:]), found)
        return 0
    surprising = dict(found.items() ^ table.differences(name).items())
    for check_name, words in surprising.items():
        _say(f"Not as known: {check_name}: {words}")
    return 1 if surprising else 0


def _record(name: str, about: str, found: Mapping[str, str]) -> None:
    stores_known = table.known() if table.KNOWN.exists() else {}
    told = about or str(stores_known.get(name, {}).get("about", ""))
    stores_known[name] = {"about": told, "differs": dict(found)}
    table.KNOWN.write_text(json.dumps(stores_known, indent=2, ensure_ascii=False) + "\n")
    table.PAGE.write_text(table.page(table.PAGE.read_text(), stores_known))
    _say(f"Written: {table.KNOWN.name}, {table.PAGE.name}.")


def _say(words: str) -> None:
    print(words, flush=True)  # noqa: T201 - what a command says is its purpose


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
