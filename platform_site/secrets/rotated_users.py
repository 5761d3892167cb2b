"""The three steps of the users of a server: a twin is made, then used, then the former one goes.

A server knows one password of a user, so that a new one would end whoever still shows the old.
Two users of the same rights, ``images`` and ``images_2``, take turns instead.
"""

from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from platform_site.kit.identifiers import random_token
from platform_site.secrets.staged import StagedFiles

SECOND: Final = "_2"
URL: Final = "database-url"
OWNER: Final = "migrate"
STORE_ID: Final = "s3-access-key-id"
STORE_KEY: Final = "s3-secret-access-key"
STORE: Final = Path("minio-images")


def twin(user: str) -> str:
    """The user that takes turns with ``user``."""
    return user.removesuffix(SECOND) if user.endswith(SECOND) else f"{user}{SECOND}"


def other_url(role: str) -> Path:
    """Where the Job that makes the users finds the other user of ``role``; empty for none."""
    name = "owner" if role == OWNER else role
    return Path(OWNER, f"other-{URL}-{name}")


class DatabaseUsers:
    """The users of the database, and the password of the owner, who has no twin.

    The owner owns the tables, and only the Job that migrates is the owner: it opens with the old
    password once more, and sets the new one.
    """

    def begin(self, files: StagedFiles, _now: datetime) -> None:
        """The other user of each role is to be made; its holders go on as they are."""
        for role in (*_sources(files), OWNER):
            url = files.text(Path(role, URL)).strip()
            user = unquote(urlsplit(url).username or "")
            files.write(other_url(role), _as_user(url, user if role == OWNER else twin(user)))

    def switch(self, files: StagedFiles, _now: datetime) -> None:
        """The other user is used, and the former one stays as it is."""
        sources = _sources(files)
        for role, holders in {**sources, OWNER: [OWNER]}.items():
            former, new = files.text(Path(role, URL)).strip(), files.text(other_url(role)).strip()
            files.write(other_url(role), former)
            for holder in holders:
                files.write(Path(holder, URL), new)
            self._server_knows(files, role, new)

    def finish(self, files: StagedFiles, _now: datetime) -> None:
        """The former user is to be shut out."""
        for role in (*_sources(files), OWNER):
            files.write(other_url(role), "")

    @staticmethod
    def _server_knows(files: StagedFiles, role: str, url: str) -> None:
        """The password beside the server is the one that is used: a new volume begins with it."""
        file = Path("postgresql", f"{'owner' if role == OWNER else role}-password")
        if files.text(file):
            files.write(file, unquote(urlsplit(url).password or ""))


class StoreUsers:
    """The least-rights user of the bucket. The root of the store is not touched.

    An id beside an empty secret is a user that is to be gone.
    """

    def begin(self, files: StagedFiles, _now: datetime) -> None:
        """The other user is to be made."""
        self._other_write(files, twin(files.text(STORE / STORE_ID).strip()), random_token(24))

    def switch(self, files: StagedFiles, _now: datetime) -> None:
        """The other user is used, and the former one stays as it is."""
        former = [files.text(STORE / name).strip() for name in (STORE_ID, STORE_KEY)]
        for name in (STORE_ID, STORE_KEY):
            new = files.text(STORE / f"other-{name}").strip()
            for file in files.holders(name):
                files.write(file, new)
        self._other_write(files, *former)

    def finish(self, files: StagedFiles, _now: datetime) -> None:
        """The former user is to be removed."""
        self._other_write(files, files.text(STORE / f"other-{STORE_ID}").strip(), "")

    @staticmethod
    def _other_write(files: StagedFiles, name: str, key: str) -> None:
        files.write(STORE / f"other-{STORE_ID}", name)
        files.write(STORE / f"other-{STORE_KEY}", key)


def _sources(files: StagedFiles) -> dict[str, list[str]]:
    """By the first role that is a user of the database: every role that is the same user."""
    roles: dict[str, list[str]] = {}
    first: dict[str, str] = {}
    for file in files.holders(URL):
        role = file.parent.name
        if role == OWNER:
            continue
        user = urlsplit(files.text(file).strip()).username or ""
        roles.setdefault(first.setdefault(user, role), []).append(role)
    return roles


def _as_user(url: str, user: str) -> str:
    """``url`` with ``user`` and a new password; server, database and options stay."""
    parts = urlsplit(url)
    _old, _at, host = parts.netloc.rpartition("@")
    words = f"{quote(user, safe='')}:{quote(random_token(24), safe='')}"
    return urlunsplit(parts._replace(netloc=f"{words}@{host}"))
