"""What the commands about backups share: the places that settings and arguments name."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files.storage import storages
from django.core.management.base import CommandError

from platform_site.backup import stores
from platform_site.backup.errors import BackupError
from platform_site.backup.stores import FileStore
from platform_site.secrets import generation


def place(url: str) -> FileStore:
    """Where backups are: ``url``, or where the settings say."""
    return stores.of_url(url or settings.BACKUP_URL, settings.BACKUP_STORE)


def objects() -> FileStore:
    """Where the platform keeps its objects."""
    return stores.of_storage(storages["objects"])


def passphrase(file: Path | None) -> str:
    """The first line of ``file``, or what the settings have."""
    if file is None:
        return str(settings.BACKUP_KEY)
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError as exc:
        raise CommandError(f"The passphrase cannot be read: {exc.strerror}: {file}") from exc


def needs() -> list[str]:
    """Names of the files of secrets that a restored platform needs; no value."""
    material = generation.KeyMaterial()
    if settings.ROLE == "embedded":
        return sorted(f"secrets/{name}" for name in generation.embedded(material))
    return sorted(
        f"secrets/{role}/{name}"
        for role, files in generation.of_roles(material).items()
        for name in files
    )


@contextmanager
def told() -> Iterator[None]:
    """Say why a backup or restore is not possible, and end."""
    try:
        yield
    except BackupError as exc:
        raise CommandError(str(exc)) from exc
