"""Refuses migrations under which the release that runs would fail, or wait for a lock.

squawk reads what PostgreSQL executes. What it cannot know, for it takes two releases, is said here:
the one that runs deletes rows to which a new table now refers.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.upgrades.statements import Key, Ran

SQUAWK: Final = Path(sys.executable).with_name("squawk")
PG_VERSION: Final = "15"
"""The oldest server that the platform is run on (docs/deploy.md)."""
REFERS: Final = "new-table-refers-to-released"
TASTE: Final = (
    # What Django chooses for every field, and is no question of two releases.
    *("prefer-text-field", "prefer-bigint-over-int", "prefer-bigint-over-smallint"),
    *("prefer-identity", "prefer-robust-stmts", "prefer-timestamp-tz"),
    # The connection has them, not the migration.
    *("require-lock-timeout", "require-statement-timeout", "require-timeout-settings"),
)
TARGET: Final = re.compile(
    r'(?:ALTER TABLE (?:ONLY )?|CREATE (?:UNIQUE )?INDEX .*? ON )"?(\w+)"?', re.IGNORECASE
)
REFERENCE: Final = re.compile(r'REFERENCES "?(\w+)"?(.*)', re.IGNORECASE)


@dataclass(frozen=True)
class Finding:
    """One thing that a migration must not do in a release."""

    key: Key
    rule: str
    statement: str
    words: str = ""

    def __str__(self) -> str:
        one_line = " ".join(self.statement.split())
        shown = one_line if len(one_line) <= 160 else f"{one_line[:157]}…"
        return f"{'.'.join(self.key)}: {self.rule}\n    {shown}\n    {self.words}".rstrip()


def findings(released: frozenset[str], ran: Iterable[Ran]) -> list[Finding]:
    """What of ``ran`` would break or stop a release whose tables are ``released``."""
    return [
        one for each in ran for one in (*_squawked(released, each), *_referring(released, each))
    ]


def refused(
    found: Iterable[Finding], allowed: Mapping[tuple[str, str], str], judged: Iterable[Key]
) -> tuple[list[Finding], list[str]]:
    """``found`` without what is ``allowed``, and the entries that allow nothing of ``judged``."""
    every = list(found)
    judged_names = {".".join(key) for key in judged}
    names = {(".".join(one.key), one.rule) for one in every}
    rest = [one for one in every if (".".join(one.key), one.rule) not in allowed]
    unused = [
        f"{name}: {rule}"
        for name, rule in allowed
        if name in judged_names and (name, rule) not in names
    ]
    return rest, unused


def _squawked(released: frozenset[str], ran: Ran) -> list[Finding]:
    """Squawk's findings. Tables that are new since the release are new to it, too."""
    known = [f'CREATE TABLE "{name}" ();' for name in sorted(ran.tables_before - released)]
    # One line each, so that a line of the answer is a statement.
    lines = [*known, *(f"{' '.join(statement.split())};" for statement in ran.statements)]
    done = subprocess.run(
        [
            *(str(SQUAWK), "--reporter", "json", "--pg-version", PG_VERSION),
            *("--exclude", ",".join(TASTE)),
            *(("--assume-in-transaction",) if ran.is_atomic else ()),
        ],
        input="\n".join(lines), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode not in {0, 1} or not done.stdout.startswith("["):
        raise RuntimeError(f"squawk failed: {done.stdout}{done.stderr}")
    return [
        Finding(
            ran.key,
            one["rule_name"],
            lines[one["line"]],
            " ".join(filter(None, (one["message"], one["help"]))),
        )
        for one in json.loads(done.stdout)
    ]


def _referring(released: frozenset[str], ran: Ran) -> Iterable[Finding]:
    for statement in ran.statements:
        target, reference = TARGET.match(statement), REFERENCE.search(statement)
        if target is None or reference is None or "ON DELETE" in reference[2].upper():
            continue
        if target[1] not in released and reference[1] in released:
            words = (
                f"The release that runs deletes rows of {reference[1]} and knows nothing of "
                f"{target[1]}: once it has a row, that delete fails."
            )
            yield Finding(ran.key, REFERS, statement, words)
