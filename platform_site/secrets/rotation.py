"""Replaces a key in safe steps: everybody believes the new one before anybody uses it.

``begin`` makes it known, ``switch`` uses it, ``finish`` drops the old one; each is applied to the
cluster before the next. What has been done, and when, stands in ``rotations.json`` beside the keys.
"""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from platform_site.kit.identifiers import random_token
from platform_site.secrets import generation, key_files

JOURNAL: Final = "rotations.json"
PUBLISH_AHEAD: Final = timedelta(minutes=15)
"""How long a signing key is published before it signs: caches hold the key set for 5 minutes."""
NEXT: Final = {"": "begin", "begin": "switch", "switch": "finish"}
Edit = Callable[[Path, datetime], None]


class OutOfOrder(Exception):
    """This step is not the next one, or comes too early; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of key: its three steps, and how long the old key is needed once the new is used."""

    begin: Edit
    switch: Edit
    finish: Edit
    needed_for: timedelta
    what_ends: str
    """What the old key is needed for until then."""
    known_after: timedelta = timedelta(0)
    """How long it takes, once it is applied, until everybody knows the new one."""


def _signing_begin(directory: Path, now: datetime) -> None:
    key = generation.signing_key()
    _signing_write(directory, [*_signing_keys(directory), key.entry_from(now + PUBLISH_AHEAD)])


def _signing_switch(_directory: Path, _now: datetime) -> None:
    """Its ``sign_from`` does it: `rotate` has only waited for that."""


def _signing_finish(directory: Path, _now: datetime) -> None:
    newest = max(_signing_keys(directory), key=lambda key: datetime.fromisoformat(key["sign_from"]))
    _signing_write(directory, [newest])


def _signing_keys(directory: Path) -> list[dict[str, str]]:
    keys: list[dict[str, str]] = json.loads((directory / key_files.SIGNING).read_text())["keys"]
    return keys


def _signing_write(directory: Path, keys: list[dict[str, str]]) -> None:
    content = json.dumps({"keys": keys})
    public = key_files.public_keys(content)
    for file in key_files.holders(directory, "jwks.json"):
        key_files.rewrite(file, public)
    key_files.rewrite(directory / key_files.SIGNING, content)


@dataclass(frozen=True, slots=True)
class KeysById:
    """A file of keys by id that several roles hold: the last one is used, all are accepted."""

    name: str
    letter: str
    """What the id of a new key begins with."""

    def begin(self, directory: Path, now: datetime) -> None:
        """Add a key that is not the last."""
        *others, last = self._keys(directory).items()
        new = (f"{self.letter}{now:%Y%m%d%H%M%S}", secrets.token_hex(32))
        self._write(directory, dict([*others, new, last]))

    def switch(self, directory: Path, _now: datetime) -> None:
        """Make that key the last."""
        *others, new, old = self._keys(directory).items()
        self._write(directory, dict([*others, old, new]))

    def finish(self, directory: Path, _now: datetime) -> None:
        """Keep the last alone."""
        *_others, new = self._keys(directory).items()
        self._write(directory, dict([new]))

    def _keys(self, directory: Path) -> dict[str, str]:
        file = key_files.holders(directory, self.name)[0]
        keys: dict[str, str] = json.loads(file.read_text())
        return keys

    def _write(self, directory: Path, keys: Mapping[str, str]) -> None:
        for file in key_files.holders(directory, self.name):
            key_files.rewrite(file, json.dumps(keys))


_DELIVERY: Final = KeysById("delivery-keys.json", "d")
_ACCOUNTS: Final = KeysById("account-keys.json", "a")


def _django_begin(directory: Path, _now: datetime) -> None:
    for _key, others in _django_files(directory):
        words = [random_token(50), *_words(others)]
        key_files.rewrite(others, ",".join(words))


def _django_switch(directory: Path, _now: datetime) -> None:
    for key, others in _django_files(directory):
        old, (new, *former) = key.read_text().strip(), _words(others)
        # At no moment is one of them nowhere.
        key_files.rewrite(others, ",".join([new, old, *former]))
        key_files.rewrite(key, new)


def _django_finish(directory: Path, _now: datetime) -> None:
    for _key, others in _django_files(directory):
        key_files.rewrite(others, "")


def _django_files(directory: Path) -> list[tuple[Path, Path]]:
    keys = key_files.holders(directory, "django-secret-key")
    return [(key, key.with_name("django-secret-key-fallbacks")) for key in keys]


def _words(file: Path) -> list[str]:
    return [word for word in file.read_text().strip().split(",") if word]


def _service_begin(directory: Path, _now: datetime) -> None:
    _clients_write(directory, {"gateway": [key_files.gateway_secret(directory), random_token()]})


def _service_switch(directory: Path, _now: datetime) -> None:
    new = _clients(directory)["gateway"][-1]
    key_files.rewrite(directory / "gateway" / "service-client-secret", new)


def _service_finish(directory: Path, _now: datetime) -> None:
    _clients_write(directory, {"gateway": _clients(directory)["gateway"][-1]})


def _clients(directory: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((directory / key_files.CLIENTS).read_text())
    return found


def _clients_write(directory: Path, changed: Mapping[str, Any]) -> None:
    content = json.dumps({**_clients(directory), **changed})
    key_files.rewrite(directory / key_files.CLIENTS, content)


KINDS: Final = {
    "signing": Kind(
        _signing_begin,
        _signing_switch,
        _signing_finish,
        timedelta(hours=1),
        "tokens that the old key signed",
        known_after=PUBLISH_AHEAD,
    ),
    "delivery": Kind(
        _DELIVERY.begin,
        _DELIVERY.switch,
        _DELIVERY.finish,
        timedelta(hours=26),
        "picture URLs that the old key signed",
    ),
    "django": Kind(
        _django_begin,
        _django_switch,
        _django_finish,
        timedelta(days=14),
        "sessions that began under the old key",
    ),
    "service": Kind(
        _service_begin,
        _service_switch,
        _service_finish,
        timedelta(0),
        "gateway pods with the old secret",
    ),
    "accounts": Kind(
        _ACCOUNTS.begin,
        _ACCOUNTS.switch,
        _ACCOUNTS.finish,
        timedelta(days=30),
        "API keys that were not used since, and links in mails,",
    ),
}


def rotate(directory: Path, name: str, step: str, *, now: datetime, early: bool = False) -> None:
    """Do one step. Raises `OutOfOrder`; ``early`` finishes without waiting for what then ends."""
    kind = KINDS[name]
    journal = directory / JOURNAL
    done = json.loads(journal.read_text()) if journal.exists() else {}
    last, at = done.get(name, ["", now.isoformat()])
    if step != NEXT[last]:
        raise OutOfOrder(
            f"The next step of the rotation of {name} is `{NEXT[last]}`, not `{step}`."
        )
    since = now - datetime.fromisoformat(at)
    waits = {
        "begin": (timedelta(0), ""),
        "switch": (kind.known_after, "it is not known everywhere"),
        "finish": (
            timedelta(0) if early else kind.needed_for,
            f"{kind.what_ends} need the old one",
        ),
    }
    wait, why = waits[step]
    if wait > since:
        ready = (now + wait - since).astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
        raise OutOfOrder(f"Too early: {why} until {ready}.")
    getattr(kind, step)(directory, now)
    done[name] = ["" if step == "finish" else step, now.isoformat()]
    key_files.rewrite(journal, json.dumps(done))
