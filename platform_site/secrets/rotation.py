"""Replaces a key in safe steps: everybody believes the new one before anybody uses it.

``begin`` makes it known, ``switch`` uses it, ``finish`` drops the old one; each is applied to the
cluster before the next. What has been done, and when, stands in ``rotations.json`` beside the keys,
and is written with them, all or nothing.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

from platform_site.secrets.rotated_keys import (
    PUBLISH_AHEAD,
    DjangoKeys,
    KeysById,
    ServiceSecrets,
    SigningKeys,
)
from platform_site.secrets.rotated_users import DatabaseUsers, StoreUsers
from platform_site.secrets.staged import StagedFiles, complete

JOURNAL: Final = Path("rotations.json")
NEXT: Final = {"": "begin", "begin": "switch", "switch": "finish"}
NOTHING: Final = timedelta(0)


class OutOfOrder(Exception):
    """This step is not the next one, or comes too early; nothing was changed."""


class Steps(Protocol):
    """What a kind of key does at each step. What it changes is seen by nobody until the end."""

    def begin(self, files: StagedFiles, now: datetime, /) -> None:
        """Make the new key known."""

    def switch(self, files: StagedFiles, now: datetime, /) -> None:
        """Use it."""

    def finish(self, files: StagedFiles, now: datetime, /) -> None:
        """Drop the old one."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of key: its steps, and how long the old key is needed once the new is used."""

    steps: Steps
    needed_for: timedelta
    what_ends: str
    """What the old key is needed for until then."""
    known_after: timedelta = NOTHING
    """How long it takes, once it is applied, until everybody knows the new one."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the rotation of a kind is: the last step, empty for none, and the next."""

    kind: str
    last: str
    at: datetime | None
    """When the last step was done."""
    next: str
    ready_at: datetime | None
    """From when on the next step may be; ``None`` for at once."""


KINDS: Final = {
    "signing": Kind(
        SigningKeys(),
        timedelta(hours=1),
        "tokens that the old key signed",
        known_after=PUBLISH_AHEAD,
    ),
    "delivery": Kind(
        KeysById("delivery-keys.json", "d"),
        timedelta(hours=26),
        "picture URLs that the old key signed",
    ),
    "django": Kind(DjangoKeys(), timedelta(days=14), "sessions that began under the old key"),
    "service": Kind(ServiceSecrets(), NOTHING, "gateway pods with the old secret"),
    "accounts": Kind(
        KeysById("account-keys.json", "a"),
        timedelta(days=30),
        "API keys that were not used since, and links in mails,",
    ),
    "database": Kind(DatabaseUsers(), NOTHING, "pods that are the former user"),
    "store": Kind(
        StoreUsers(),
        timedelta(minutes=5),
        "addresses in the store that the former user signed",
    ),
}


def rotate(
    directory: Path,
    name: str,
    step: str,
    *,
    now: datetime,
    early: bool = False,
    dry_run: bool = False,
) -> list[Path] | None:
    """Do one step; the files that it changed, or would change with ``dry_run``.

    ``None`` for a step that is done already: it changes nothing. Raises `OutOfOrder`; ``early``
    finishes without waiting for what then ends.
    """
    if not dry_run:
        complete(directory)
    kind, stands = KINDS[name], standing(directory, name)
    if stands.last and step == stands.last:
        return None
    if step != stands.next:
        raise OutOfOrder(
            f"The next step of the rotation of {name} is `{stands.next}`, not `{step}`."
        )
    if stands.ready_at and now < stands.ready_at and not (early and step == "finish"):
        why = (
            f"{kind.what_ends} need the old one"
            if step == "finish"
            else "it is not known everywhere"
        )
        raise OutOfOrder(f"Too early: {why} until {stands.ready_at:%Y-%m-%d %H:%M} UTC.")
    files = StagedFiles(directory)
    getattr(kind.steps, step)(files, now)
    changed = files.changed()
    done = _journal(directory) | {name: ["" if step == "finish" else step, now.isoformat()]}
    files.write(JOURNAL, json.dumps(done))
    if not dry_run:
        files.commit()
    return changed


def standing(directory: Path, name: str) -> Standing:
    """How far the rotation of ``name`` is."""
    last, words = _journal(directory).get(name, ["", ""])
    at = datetime.fromisoformat(words).astimezone(UTC) if words else None
    kind = KINDS[name]
    waits = {"switch": kind.known_after, "finish": kind.needed_for}
    wait = waits.get(NEXT[last], NOTHING)
    return Standing(name, last, at, NEXT[last], at + wait if at and wait else None)


def _journal(directory: Path) -> dict[str, list[str]]:
    file = directory / JOURNAL
    found: dict[str, list[str]] = json.loads(file.read_text()) if file.exists() else {}
    return found
