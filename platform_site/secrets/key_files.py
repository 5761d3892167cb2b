"""The directory of a platform's key material: what it lacks is made to fit what it has.

``init_secrets`` adds and never touches; only `platform_site.secrets.rotation` replaces.
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, unquote, urlsplit

from platform_site import redis_users
from platform_site.secrets import generation
from platform_site.secrets.generation import Files, KeyMaterial

SHARED: Final = (
    "jwks.json", "delivery-keys.json", "account-keys.json",
    "s3-access-key-id", "s3-secret-access-key",
)  # fmt: skip
"""Files that are the same wherever they stand."""
SIGNING: Final = Path("auth", "signing-keys.json")
CLIENTS: Final = Path("auth", "service-clients.json")


class Inconsistent(Exception):
    """Something is missing that cannot be made to fit what is there."""


def text(directory: Path, *names: str) -> str | None:
    """The first of these files that is there, without its newline; ``None`` when none is."""
    for name in names:
        if (file := directory / name).is_file():
            return file.read_text(encoding="utf-8").rstrip("\r\n")
    return None


def holders(directory: Path, name: str) -> list[Path]:
    """Every file called ``name``, whichever role's it is."""
    return sorted(directory.glob(f"*/{name}"))


def rewrite(file: Path, content: str) -> None:
    """Replace ``file`` whole or not at all, readable by its owner only."""
    unfinished = file.with_name(f".{file.name}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(content)
    # A reader finds the old content or the new, and a full disk leaves the old.
    unfinished.replace(file)


def missing(directory: Path) -> dict[str, Files]:
    """The files that are not there, by role, fitting those that are. Raises `Inconsistent`."""
    _require_sources(directory)
    wanted = generation.cluster(recovered(directory))
    same = {name: held for name in SHARED if (held := _shared(directory, name)) is not None}
    lacking: dict[str, Files] = {}
    for role, files in wanted.items():
        lacks = {
            name: same.get(name, content)
            for name, content in files.items()
            if not (directory / role / name).exists()
        }
        if lacks:
            lacking[role] = lacks
    return lacking


def recovered(directory: Path) -> KeyMaterial:
    """The key material that these files came from; what none of them holds is new."""
    fresh = KeyMaterial()
    found = {name: value for name, recover in RECOVER.items() if (value := recover(directory))}
    return replace(
        fresh,
        **found,
        database={**fresh.database, **_database_passwords(directory)},
        database_users=_database_users(directory),
        cache={**fresh.cache, **redis_users.passwords_found(directory, "cache")},
        broker={**fresh.broker, **redis_users.passwords_found(directory, "broker")},
    )


def redis_users_follow(directory: Path) -> list[Path]:
    """Make the users of both Redis servers those of the URLs; the files that changed by it.

    Raises `redis_users.WrongCredential`, and then has written none.
    """
    lines = {
        directory / f"redis-{server}" / "users.acl": redis_users.acl_of_directory(directory, server)
        for server in redis_users.USERS
    }
    changed = [
        file for file, wanted in lines.items() if not file.is_file() or file.read_text() != wanted
    ]
    for file in changed:
        rewrite(file, lines[file])
    return changed


def public_keys(signing_keys: str) -> str:
    """``jwks.json`` for a ``signing-keys.json``: every public half, in the same order."""
    entries = json.loads(signing_keys)["keys"]
    public = [
        {**generation.signing_key(entry["private_pem"]).public, "kid": entry["kid"]}
        for entry in entries
    ]
    return json.dumps({"keys": public})


def _require_sources(directory: Path) -> None:
    """Without its source a copy would stay, and would not fit the new source."""
    for source, copy in ((SIGNING, "jwks.json"),):
        if not (directory / source).exists() and (kept := holders(directory, copy)):
            raise Inconsistent(
                f"{directory / source} is missing, and {kept[0]} is what is left of it. Put it "
                f"back from your copy; without one, remove every {copy}: all tokens end then."
            )


def _shared(directory: Path, name: str) -> str | None:
    if name == "jwks.json" and (keys := text(directory, str(SIGNING))):
        return public_keys(keys)
    found = holders(directory, name)
    return text(found[0].parent, name) if found else None


def gateway_secret(directory: Path) -> str | None:
    """The secret that the gateway shows at the moment, or the newest that auth takes."""
    if shown := text(directory, "gateway/service-client-secret"):
        return shown
    clients = json.loads(text(directory, str(CLIENTS)) or "{}")
    live = clients.get("gateway", "")
    return str(live[-1] if isinstance(live, list) else live) or None


def _database_passwords(directory: Path) -> dict[str, str]:
    """By role of the database: from a URL, or from what the server was given."""
    found = {}
    for role in ("owner", *generation.DATABASE_ROLES):
        password = _database_url(directory, role).password
        known = unquote(password) if password else text(directory, f"postgresql/{role}-password")
        if known:
            found[role] = known
    return found


def _database_users(directory: Path) -> dict[str, str]:
    """By role of the database: the user that its URL names."""
    roles = ("owner", *generation.DATABASE_ROLES)
    users = {role: _database_url(directory, role).username for role in roles}
    return {role: unquote(user) for role, user in users.items() if user}


def _database_url(directory: Path, role: str) -> SplitResult:
    holders = {"owner": ("migrate",), "images": ("images", "worker")}.get(role, (role,))
    return urlsplit(text(directory, *(f"{holder}/database-url" for holder in holders)) or "")


RECOVER: Final[Mapping[str, Callable[[Path], Any]]] = {
    "gateway_secret": gateway_secret,
    "store_root_password": lambda directory: text(directory, "minio/root-password"),
    "store_password": lambda directory: _shared(directory, "s3-secret-access-key"),
}
"""How each field of `KeyMaterial` is read back; the keys themselves are copied as they stand."""
