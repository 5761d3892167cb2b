"""The users of the two Redis servers: what each role may do, by command and by key.

A role that was taken over can spoil what is its own and nothing that another believes (the table in
docs/architecture.md). Nobody has CONFIG, FLUSHALL, KEYS, SCRIPT or DEBUG. Redis 7 or later.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

# As `images.apps.ImagesConfig` says; a test compares them, for roles without that app read this.
QUEUES: Final = ("interactive", "bulk", "maintenance")
SCHEDULED: Final = ("maintenance",)
"""The queues of what the scheduler sends."""
OWN_KEYS: Final = "+get +set +del +exists +incr +incrby +mget +mset +expire +persist +multi +exec"
REVOCATIONS_READ: Final = "%R~revocations:*"
REVOCATIONS_ADD: Final = "(%W~revocations:* +set)"
"""An ended session can be added; nobody can delete one, so it lives as long as it was given."""
PROBE: Final = "+ping"
STATISTICS: Final = "+ping +info +slowlog|len +latency|latest"


def _keys(*names: str, rights: str) -> str:
    return " ".join(f"{rights}~{name}" for name in names)


CACHE: Final[Mapping[str, str]] = {
    "auth": f"~auth:* {REVOCATIONS_READ} +ping {OWN_KEYS} {REVOCATIONS_ADD}",
    "gateway": f"~gateway:* {REVOCATIONS_READ} +ping {OWN_KEYS}",
    "images": f"~images:* {REVOCATIONS_READ} +ping {OWN_KEYS}",
    "worker": f"~worker:* {REVOCATIONS_READ} +ping {OWN_KEYS}",
    # Django's admin counts guesses with auth, and ends sessions, too.
    "admin": f"~auth:* {REVOCATIONS_READ} +ping {OWN_KEYS} {REVOCATIONS_ADD}",
    "exporter": STATISTICS,
    "probe": PROBE,
}
CACHE_PREFIXES: Final = {"admin": "auth", "": "platform"}
"""Whose keys a user has, where they are not its own; without users all roles share theirs."""

_SEND: Final = "+ping +multi +exec +lpush +llen"
_WORKER_KEYS: Final = ("unacked", "unacked_index", "unacked_mutex")
BROKER: Final[Mapping[str, str]] = {
    "images": f"{_keys(*QUEUES, rights='%W')} {_SEND}",
    "admin": f"{_keys(*QUEUES, rights='%W')} {_SEND}",
    "scheduler": f"{_keys(*SCHEDULED, rights='%W')} {_SEND}",
    "worker": (
        f"{_keys(*QUEUES, *_WORKER_KEYS, rights='')} {_SEND} +rpush +brpop +zadd +zrem +zrange "
        "+hset +hget +hdel +watch +unwatch +set +get +del"
    ),
    "exporter": f"{_keys(*QUEUES, rights='%R')} {STATISTICS} +select +type +llen",
    # KEDA asks for the length of a list by a script, whose keys count as written. It may call what
    # this user may: what a key is, and how long.
    "keda": f"{_keys(*QUEUES, rights='')} +ping +type +llen +eval",
    "probe": PROBE,
}


RULES: Final[Mapping[str, Mapping[str, str]]] = {"cache": CACHE, "broker": BROKER}
SERVICES: Final = ("exporter", "keda", "probe")
"""Users of no role, whose passwords stand beside the server's file."""


class WrongCredential(Exception):
    """A file of credentials is missing or names another user; says which, never what it holds."""


def cache_prefix(user: str) -> str:
    """What the keys of ``user`` begin with."""
    return CACHE_PREFIXES.get(user, user)


def acl_file(rules: Mapping[str, str], passwords: Mapping[str, str]) -> str:
    """The ``aclfile`` of a server: a line a user, with the digest of its password.

    Each line after its first word is what ``ACL SETUSER`` takes, too.
    """
    # Nobody comes in as this one; the server replays transactions of its own file with its rights.
    lines = ["user default reset off ~* &* +@all"]
    for user, rule in rules.items():
        digest = hashlib.sha256(passwords[user].encode()).hexdigest()
        lines.append(f"user {user} reset on #{digest} resetchannels -@all {rule}")
    return "\n".join(lines) + "\n"


def acl_of_directory(directory: Path, server: str) -> str:
    """The ``aclfile`` of ``server`` (cache or broker) for the credentials in ``directory``.

    A password stands in one place, the URL of its role; this is how it comes to the server. Raises
    `WrongCredential`.
    """
    found = passwords_found(directory, server)
    for user in RULES[server]:
        if user not in found:
            raise WrongCredential(f"{_file(directory, server, user)} is missing.")
    return acl_file(RULES[server], found)


def passwords_found(directory: Path, server: str) -> dict[str, str]:
    """The passwords of ``server`` by user, as far as they are there. Raises `WrongCredential`."""
    return {
        user: _password(file, user)
        for user in RULES[server]
        if (file := _file(directory, server, user)).is_file()
    }


def _file(directory: Path, server: str, user: str) -> Path:
    if user in SERVICES:
        return directory / f"redis-{server}" / f"{user}-password"
    return directory / user / f"{server}-url"


def _password(file: Path, user: str) -> str:
    found = file.read_text(encoding="utf-8").strip()
    if user in SERVICES:
        return found
    parts = urlsplit(found)
    if unquote(parts.username or "") != user or not parts.password:
        raise WrongCredential(
            f"{file} is no URL with the user {user} and a password. Remove every {file.name} that "
            "an earlier release made, which had no users: they are made anew."
        )
    return unquote(parts.password)
