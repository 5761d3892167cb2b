"""The manifest: what one backup is, signed; it ties one database position to one set of objects.

A manifest is a small JSON document that anybody can read and only who has the key can write. The
list of objects is a sealed file of the pool, a line an object, which the manifest names by its
checksum.
"""

import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from platform_site.backup.errors import BackupError, Damaged
from platform_site.backup.keyring import Keyring
from platform_site.backup.piece_streams import PieceStream
from platform_site.backup.pool import ContentPool, PooledContent
from platform_site.backup.stores import FileStore, NotThere

FORMAT: Final = 1
FOLDER: Final = "manifests/"
SUFFIX: Final = ".json"
MANIFEST_BYTES_MOST: Final = 16 * 1024 * 1024
SEALING: Final = "age-encryption.org/v1, for the X25519 identity in key.age"


@dataclass(frozen=True, slots=True)
class ListedObject:
    """One object of a backup: its key in the object store, and its content."""

    key: str
    content: PooledContent
    content_type: str


@dataclass(frozen=True, slots=True)
class BackupManifest:
    """Everything that a restore holds what it finds to. Times are UTC in ISO 8601."""

    id: str
    release: str
    engine: str
    """Which of `platform_site.backup.engines` saved the database, and restores it."""
    position: Mapping[str, Any]
    """Where in the life of the database this is, in the engine's own words."""
    database: PooledContent | None
    """The saved database, where the engine keeps it here."""
    migrations: Mapping[str, list[str]]
    """Those that were applied, by app."""
    tables: Mapping[str, int]
    """Rows of each table."""
    objects: PooledContent
    """The list of objects, `ListedObject` a line."""
    object_count: int
    object_bytes: int
    missing: list[str]
    """Objects that rows refer to and the store did not have: the key and why. Empty is whole."""
    needs: list[str]
    """Secrets and settings that a restored platform needs, by name."""
    began_at: str
    position_at: str
    ended_at: str
    sent_files: int
    sent_bytes: int
    sealing: str = SEALING
    format: int = FORMAT
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def moment(self) -> datetime:
        """What the backup has: everything until then."""
        return datetime.fromisoformat(self.position_at)


def manifest_write(manifest: BackupManifest, store: FileStore, keyring: Keyring) -> None:
    """Sign and keep it; from now on the backup is there."""
    body = asdict(manifest)
    document = {"manifest": body, "signature": keyring.signature(_canonical(body))}
    text = json.dumps(document, indent=1).encode() + b"\n"
    store.write(f"{FOLDER}{manifest.id}{SUFFIX}", [text], content_type="application/json")


def manifest_read(store: FileStore, keyring: Keyring, backup_id: str) -> BackupManifest:
    """The one of ``backup_id``. Raises `Damaged` unless it is exactly what was signed."""
    name = f"{FOLDER}{backup_id}{SUFFIX}"
    try:
        with store.read(name) as source:
            raw = source.read(MANIFEST_BYTES_MOST)
    except NotThere:
        raise BackupError(f"There is no backup {backup_id} at {store.address}.") from None
    try:
        document = json.loads(raw)
        found, signature = dict(document["manifest"]), str(document["signature"])
    except (ValueError, KeyError, TypeError):
        raise Damaged(f"{name} is cut short or no manifest: nothing of it is believed.") from None
    expected = keyring.signature(_canonical(found))
    if not hmac.compare_digest(signature.encode(), expected.encode()):
        raise Damaged(f"{name} was changed after it was signed: nothing of it is believed.")
    if found["format"] != FORMAT:
        raise BackupError(
            f"{name} has format {found['format']}, and this release reads {FORMAT}: "
            f"restore it with release {found['release']} or a later one."
        )
    if found["id"] != backup_id:
        raise Damaged(f"{name} is the manifest of another backup, {found['id']}.")
    return _of_json(found)


def manifest_delete(store: FileStore, ids: Iterable[str]) -> None:
    """Forget these backups; their content stays."""
    store.delete(f"{FOLDER}{backup_id}{SUFFIX}" for backup_id in ids)


def manifest_ids(store: FileStore) -> list[str]:
    """The backups of ``store``, the oldest first: an id begins with its time."""
    names = store.names(FOLDER)
    return sorted(name[len(FOLDER) : -len(SUFFIX)] for name in names if name.endswith(SUFFIX))


def newest(store: FileStore, keyring: Keyring) -> BackupManifest:
    """The last backup. Raises `BackupError` when there is none."""
    ids = manifest_ids(store)
    if not ids:
        raise BackupError(f"There is no finished backup at {store.address}.")
    return manifest_read(store, keyring, ids[-1])


def objects_of(manifest: BackupManifest, pool: ContentPool) -> Iterator[ListedObject]:
    """Its objects. Raises `Damaged`, and gives none that was changed."""
    stream = PieceStream(pool.pieces(manifest.objects))
    for line in _lines(stream):
        key, size, sha256, name, content_type = json.loads(line)
        yield ListedObject(key, PooledContent(name, size, sha256), content_type)


def list_write(objects: Iterable[ListedObject], file: Path) -> tuple[int, int]:
    """Write the list; how many objects there are, and their bytes together."""
    count = size = 0
    with file.open("x", encoding="utf-8") as target:
        for item in objects:
            content = item.content
            line = [item.key, content.size, content.sha256, content.name, item.content_type]
            target.write(f"{json.dumps(line)}\n")
            count, size = count + 1, size + content.size
    return count, size


def _canonical(body: Mapping[str, Any]) -> bytes:
    """The text that is signed: what the document says, however it is laid out."""
    return json.dumps(body, sort_keys=True, separators=(",", ":")).encode()


def _lines(stream: PieceStream) -> Iterator[bytes]:
    rest = b""
    while piece := stream.read(64 * 1024):
        *lines, rest = (rest + piece).split(b"\n")
        yield from lines
    if rest:
        yield from BytesIO(rest)


def _of_json(found: dict[str, Any]) -> BackupManifest:
    contents = {name: found.pop(name) for name in ("database", "objects")}
    made = {name: PooledContent(**value) for name, value in contents.items() if value}
    return BackupManifest(**{"database": None, **found, **made})
