"""The three steps of each key that signs or seals: known, then used, then alone.

Each is a function of the files and the moment; `platform_site.secrets.rotation` says when.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from platform_site.kit.identifiers import random_token
from platform_site.secrets import generation, key_files
from platform_site.secrets.staged import StagedFiles

PUBLISH_AHEAD: Final = timedelta(minutes=15)
"""How long a signing key is published before it signs: caches hold the key set for 5 minutes."""
FALLBACKS: Final = "django-secret-key-fallbacks"
SHOWN: Final = Path("gateway", "service-client-secret")


class SigningKeys:
    """The keys that sign tokens, each with the moment from which on it does."""

    def begin(self, files: StagedFiles, now: datetime) -> None:
        """Publish a key that does not sign yet."""
        key = generation.signing_key()
        self._write(files, [*self._keys(files), key.entry_from(now + PUBLISH_AHEAD)])

    def switch(self, _files: StagedFiles, _now: datetime) -> None:
        """Its ``sign_from`` does it: the rotation has only waited for that."""

    def finish(self, files: StagedFiles, _now: datetime) -> None:
        """Keep the newest alone."""
        newest = max(self._keys(files), key=lambda key: datetime.fromisoformat(key["sign_from"]))
        self._write(files, [newest])

    @staticmethod
    def _keys(files: StagedFiles) -> list[dict[str, str]]:
        keys: list[dict[str, str]] = json.loads(files.text(key_files.SIGNING))["keys"]
        return keys

    @staticmethod
    def _write(files: StagedFiles, keys: list[dict[str, str]]) -> None:
        content = json.dumps({"keys": keys})
        public = key_files.public_keys(content)
        for file in files.holders("jwks.json"):
            files.write(file, public)
        files.write(key_files.SIGNING, content)


@dataclass(frozen=True, slots=True)
class KeysById:
    """A file of keys by id that several roles hold: the last one is used, all are accepted."""

    name: str
    letter: str
    """What the id of a new key begins with."""

    def begin(self, files: StagedFiles, now: datetime) -> None:
        """Add a key that is not the last."""
        *others, last = self._keys(files).items()
        new = (f"{self.letter}{now:%Y%m%d%H%M%S}", secrets.token_hex(32))
        self._write(files, dict([*others, new, last]))

    def switch(self, files: StagedFiles, _now: datetime) -> None:
        """Make that key the last."""
        *others, new, old = self._keys(files).items()
        self._write(files, dict([*others, old, new]))

    def finish(self, files: StagedFiles, _now: datetime) -> None:
        """Keep the last alone."""
        *_others, new = self._keys(files).items()
        self._write(files, dict([new]))

    def _keys(self, files: StagedFiles) -> dict[str, str]:
        keys: dict[str, str] = json.loads(files.text(files.holders(self.name)[0]))
        return keys

    def _write(self, files: StagedFiles, keys: Mapping[str, str]) -> None:
        for file in files.holders(self.name):
            files.write(file, json.dumps(keys))


class DjangoKeys:
    """``SECRET_KEY`` of each role, with the keys beside it that are believed and not used."""

    def begin(self, files: StagedFiles, _now: datetime) -> None:
        """A new key that is believed."""
        for key in self._keys(files):
            others = key.with_name(FALLBACKS)
            files.write(others, ",".join([random_token(50), *_words(files.text(others))]))

    def switch(self, files: StagedFiles, _now: datetime) -> None:
        """The new key is used, and the old one believed."""
        for key in self._keys(files):
            others = key.with_name(FALLBACKS)
            _new, *former = _words(files.text(others))
            files.write(others, ",".join([files.text(key).strip(), *former]))
            files.write(key, _new)

    def finish(self, files: StagedFiles, _now: datetime) -> None:
        """The old key is believed no more."""
        for key in self._keys(files):
            files.write(key.with_name(FALLBACKS), "")

    @staticmethod
    def _keys(files: StagedFiles) -> list[Path]:
        return files.holders("django-secret-key")


class ServiceSecrets:
    """What the gateway shows to auth, and what auth takes."""

    def begin(self, files: StagedFiles, _now: datetime) -> None:
        """Auth takes a new one, too."""
        self._taken(files, [files.text(SHOWN).strip(), random_token()])

    def switch(self, files: StagedFiles, _now: datetime) -> None:
        """The gateway shows the new one."""
        files.write(SHOWN, self._clients(files)["gateway"][-1])

    def finish(self, files: StagedFiles, _now: datetime) -> None:
        """Auth takes the new one alone."""
        self._taken(files, self._clients(files)["gateway"][-1])

    @staticmethod
    def _clients(files: StagedFiles) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(files.text(key_files.CLIENTS))
        return found

    def _taken(self, files: StagedFiles, secret: str | list[str]) -> None:
        content = json.dumps({**self._clients(files), "gateway": secret})
        files.write(key_files.CLIENTS, content)


def _words(text: str) -> list[str]:
    return [word for word in text.strip().split(",") if word]
