"""The users of the two Redis servers: what each role may do, by command and by key.

A role that was taken over can spoil what is its own and nothing that another believes (the table in
docs/architecture.md). Nobody has CONFIG, FLUSHALL, KEYS, SCRIPT or DEBUG. Redis 7 or later.
"""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from django.conf import settings

QUEUES: Final = "<queues>"
"""Stands in a rule for the list of every queue that an installed app offers."""
SCHEDULED: Final = "<scheduled>"
"""Stands in a rule for the list of every queue that the scheduler sends to."""
OWN_KEYS: Final = "+get +set +del +exists +incrby +expire"
REVOCATIONS_READ: Final = "%R~revocations:*"
REVOCATIONS_ADD: Final = "(%W~revocations:* +set)"
"""An ended session can be added; nobody can delete one, so it lives as long as it was given."""
PROBE: Final = "+ping"
STATISTICS: Final = "+ping +info +slowlog|len +latency|latest"


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
BROKER: Final[Mapping[str, str]] = {
    "images": f"%W~{QUEUES} {_SEND}",
    "admin": f"%W~{QUEUES} {_SEND}",
    "scheduler": f"%W~{SCHEDULED} {_SEND}",
    "worker": (
        f"~{QUEUES} ~unacked ~unacked_index ~unacked_mutex {_SEND} +rpush +brpop +zadd +zrem "
        "+zrange +hset +hget +hdel +watch +unwatch +set +get +del"
    ),
    "exporter": f"%R~{QUEUES} {STATISTICS} +select +type +llen",
    # KEDA asks for the length of a list by a script, whose keys count as written. It may call what
    # this user may: what a key is, and how long.
    "keda": f"~{QUEUES} +ping +type +llen +eval",
    "probe": PROBE,
}


USERS: Final[Mapping[str, Mapping[str, str]]] = {"cache": CACHE, "broker": BROKER}
SERVICES: Final = ("exporter", "keda", "probe")
"""Users of no role, whose passwords stand beside the server's file."""


class WrongCredential(Exception):
    """A file of credentials is missing or names another user; says which, never what it holds."""


def cache_prefix(user: str) -> str:
    """What the keys of ``user`` begin with."""
    return CACHE_PREFIXES.get(user, user)


def rules(server: str) -> dict[str, str]:
    """The rights of each user of ``server`` (cache or broker), in the words of ``ACL SETUSER``.

    Needs settings of a role that installs every app with tasks: those know the queues.
    """
    named = {
        QUEUES: [queue.name for queue in settings.CELERY_TASK_QUEUES],
        SCHEDULED: sorted(queues_scheduled()),
    }
    return {user: _written_out(rule, named) for user, rule in USERS[server].items()}


def queues_scheduled() -> set[str]:
    """The queues that the scheduler sends to."""
    return {str(due["options"]["queue"]) for due in settings.CELERY_BEAT_SCHEDULE.values()}


def _written_out(rule: str, named: Mapping[str, Iterable[str]]) -> str:
    """``rule`` with a pattern for each name where it has a word for all of them."""
    words = []
    for word in rule.split():
        rights, _, pattern = word.partition("~")
        words += [f"{rights}~{name}" for name in named[pattern]] if pattern in named else [word]
    return " ".join(words)


def acl_file(server: str, passwords: Mapping[str, str]) -> str:
    """The ``aclfile`` of a server: a line a user, with the digest of its password.

    Each line after its first word is what ``ACL SETUSER`` takes, too.
    """
    # Nobody comes in as this one; the server replays transactions of its own file with its rights.
    lines = ["user default reset off ~* &* +@all"]
    for user, rule in rules(server).items():
        # Redis itself uses one round of SHA-256 here; the passwords are random, so that is enough.
        digest = hashlib.sha256(passwords[user].encode()).hexdigest()
        lines.append(f"user {user} reset on #{digest} resetchannels -@all {rule}")
    return "\n".join(lines) + "\n"


def acl_of_directory(directory: Path, server: str) -> str:
    """The ``aclfile`` of ``server`` (cache or broker) for the credentials in ``directory``.

    A password stands in one place, the URL of its role; this is how it comes to the server. Raises
    `WrongCredential`.
    """
    found = passwords_found(directory, server)
    for user in USERS[server]:
        if user not in found:
            raise WrongCredential(f"{_file(directory, server, user)} is missing.")
    return acl_file(server, found)


def passwords_found(directory: Path, server: str) -> dict[str, str]:
    """The passwords of ``server`` by user, as far as they are there. Raises `WrongCredential`."""
    return {
        user: _password(file, user)
        for user in USERS[server]
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
