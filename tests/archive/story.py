"""The life of an archived server until it is lost: filled, saved, written to, killed, deleted."""

import json
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import psycopg
from cryptography import x509

from platform_site.backup import restore_points
from platform_site.backup.restore_points import RestorePoint
from platform_site.kit.identifiers import random_token
from platform_site.secrets import archive
from tests.archive.writer import Write, Writer
from tests.platform_site.backup.scripts import PLATFORM, told
from tests.servers.archived import ARCHIVE, ArchivedServer, as_server
from tests.servers.authority import Authority
from tests.servers.ports import free_port, wait_for_port
from tests.servers.processes import Program, manage
from tests.servers.versitygw import executable
from tests.waiting import until

BUCKET: Final = "backups"
KEY_ID, KEY = "archive", "a-secret-key-for-tests-only"
OBJECTS: Final = "objects"
RESTORED: Final = "restored"
TIMEOUT_S: Final = 2
"""PostgreSQL's ``archive_timeout`` here; 30 in the cluster."""


@dataclass
class Story:
    """What was there, who was told what, and what is left: the archive and a passphrase."""

    directory: Path
    repository: dict[str, str]
    files: Path
    """The store's own, below which a test may do damage."""
    writes: Sequence[Write]
    called: int
    tables: dict[str, int]
    """Rows of each table of the platform after its backup, save the writer's."""
    moment: float
    """A time amid the writes."""
    point: RestorePoint
    held: dict[str, int]
    """Rows of each table in the snapshot that the backup read."""
    made: tuple[float, float]
    """When the restore point was called for, and when it was there."""
    last_archived: str
    killed: float
    lost: ArchivedServer
    sizes: tuple[int, int]
    """Bytes that the full backup added to the store, and those of one right after it."""
    platform: dict[str, str]
    """The environment of the platform's own commands about backups."""
    backed_up: str
    """What `manage.py backup` said, while others wrote."""
    rehearsed: str
    """What `manage.py rehearse_restore` said after it."""

    def restored(self, url: str) -> str:
        """Put the objects beside the database at ``url``; what `manage.py restore` says."""
        into = {"DATABASE_URL": url, "S3_BUCKET": RESTORED}
        return manage("restore", environment={**self.platform, **into})

    def empty_machine(self) -> ArchivedServer:
        """A server without a data directory, that has the passphrase and the store's key.

        Its archiver is off: the archive goes on belonging to the one that was lost.
        """
        return _server(self.repository, archive_mode="off")


@contextmanager
def story_of(directory: Path) -> Iterator[Story]:
    """Play it."""
    directory.chmod(0o755)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, directory, ignore_errors=True)
        authority = Authority.of(directory / "authority.pem")
        repository = _store(directory, authority, stack)
        files = directory / "buckets" / BUCKET
        server = _server(repository)
        stack.callback(server.end)
        server.create()
        platform = _platform(server.url, repository)
        told(f"{PLATFORM}\nprint('[]')", platform)
        remote = _serve(server, directory, stack)
        before = _size(files / "database")
        server.archive("save", "full", **remote)
        full = _size(files / "database")
        server.archive("save", "incr", **remote)
        sizes = full - before, _size(files / "database") - full
        yield _written(server, directory, repository, platform, sizes)


def _written(
    server: ArchivedServer,
    directory: Path,
    repository: dict[str, str],
    platform: dict[str, str],
    sizes: tuple[int, int],
) -> Story:
    files = directory / "buckets" / BUCKET
    with psycopg.connect(server.url, autocommit=True) as owner, Writer(server.url) as writer:
        rows = owner.cursor()
        until(lambda: len(writer.writes) > 20)
        moment = time.time()
        until(lambda: writer.writes[-1].called > moment)
        began = time.time()
        said = manage("backup", environment=platform)
        made = began, time.time()
        point, held = _manifest(files)
        writer.is_paused = True  # else there would be minutes of log to play in every test
        rehearsed = manage("rehearse_restore", environment=_rehearsal(server, platform))
        writer.is_paused = False
        tables = counts(server)
        ((wal,),) = server.ask("SELECT pg_walfile_name(pg_current_wal_insert_lsn())")
        # A segment more, that its age alone has closed; then the machine is gone.
        until(lambda: restore_points.archive_state(rows).last_wal > wal)
        seen = len(writer.writes)
        until(lambda: len(writer.writes) > seen + 10)
        last = restore_points.archive_state(rows).last_wal
        server.kill()
        killed = time.time()
    server.lose()
    return Story(
        directory, repository, files, writer.writes, writer.called, tables,
        moment, point, held, made, last, killed, server, sizes, platform, said, rehearsed,
    )  # fmt: skip


def _manifest(files: Path) -> tuple[RestorePoint, dict[str, int]]:
    """The point that the backup names, and the rows that it read."""
    (file,) = (files / "platform" / "manifests").iterdir()
    told = json.loads(file.read_text())["manifest"]
    entry = told["position"]
    at = datetime.fromisoformat(entry["at"])
    point = RestorePoint(entry["name"], at, entry["lsn"], entry["wal"])
    assert point.entry() == entry
    assert told["database"] is None
    return point, told["tables"]


def counts(server: ArchivedServer) -> dict[str, int]:
    """The rows of each table of the platform but the one that the writer fills."""
    names = [
        name
        for (name,) in server.ask("SELECT tablename::text FROM pg_tables WHERE schemaname='public'")
        if name != "images_act"
    ]
    return {name: server.ask(f'SELECT count(*) FROM "{name}"')[0][0] for name in names}  # noqa: S608 - names of the catalogue


def written(server: ArchivedServer) -> set[int]:
    """The numbers of the writes that are there; each stands there once."""
    found = [int(number) for (number,) in server.ask("SELECT target FROM images_act")]
    assert len(set(found)) == len(found)
    return set(found)


def utc(moment: float) -> str:
    """How a person writes that time for a restore."""
    return datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z")


def _server(repository: dict[str, str], **settings: Any) -> ArchivedServer:
    server = ArchivedServer(repository, {"archive_timeout": TIMEOUT_S, **settings})
    server.secret("s3-access-key-id", KEY_ID)
    server.secret("s3-secret-access-key", KEY)
    return server


def _store(directory: Path, authority: Authority, stack: ExitStack) -> dict[str, str]:
    """A store of S3 over TLS, and the variables that lead there."""
    certificate = authority.certify(directory / "store.pem", x509.DNSName("localhost"))
    port = free_port()
    for bucket in (BUCKET, OBJECTS, RESTORED):
        (directory / "buckets" / bucket).mkdir(parents=True)
    (directory / "attributes").mkdir()
    command = [
        *(executable(), "--port", f"localhost:{port}", "--keep-alive"),
        *("--cert", str(certificate), "--key", str(certificate)),
        *("posix", "--sidecar", str(directory / "attributes"), str(directory / "buckets")),
    ]
    owner = {"ROOT_ACCESS_KEY_ID": KEY_ID, "ROOT_SECRET_ACCESS_KEY": KEY}
    store = Program("s3", command, owner, directory)
    stack.callback(store.stop)
    store.start()
    wait_for_port(port)
    return {
        "PGBACKREST_REPO1_TYPE": "s3",
        "PGBACKREST_REPO1_PATH": "/database",
        "PGBACKREST_REPO1_S3_ENDPOINT": "localhost",
        "PGBACKREST_REPO1_STORAGE_PORT": str(port),
        "PGBACKREST_REPO1_STORAGE_CA_FILE": str(authority.file),
        "PGBACKREST_REPO1_S3_BUCKET": BUCKET,
        "PGBACKREST_REPO1_S3_REGION": "us-east-1",
        "PGBACKREST_REPO1_S3_URI_STYLE": "path",
    }


def _mounted(file: Path, content: str) -> None:
    """As a Secret mounts it: a link to a file of root's, which the server's group may read."""
    behind = file.parent / "..data" / file.name
    behind.parent.mkdir(parents=True, exist_ok=True)
    behind.write_text(content)
    if not os.geteuid():
        shutil.chown(behind, "root", "postgres")
    behind.chmod(0o600 if os.geteuid() else 0o440)
    file.symlink_to(behind)


def _serve(server: ArchivedServer, directory: Path, stack: ExitStack) -> dict[str, str]:
    """The sidecar beside the server; the variables that lead the Job which saves to it."""
    certified = archive.key_material("localhost")
    for name, content in certified.items():
        _mounted(server.home / "mounted" / name, content)
    where = {name: str(server.home / "mounted" / name) for name in certified}
    port = free_port()
    listens = {
        "PGBACKREST_TLS_SERVER_ADDRESS": "127.0.0.1",
        "PGBACKREST_TLS_SERVER_PORT": str(port),
        "PGBACKREST_TLS_SERVER_CA_FILE": where["ca.pem"],
        "PGBACKREST_TLS_SERVER_CERT_FILE": where["server-cert.pem"],
        "PGBACKREST_TLS_SERVER_KEY_FILE": where["server-key.pem"],
        "PGBACKREST_TLS_SERVER_AUTH": f"{archive.CLIENT}=platform",
    }
    sidecar = Program(
        "serve", as_server("sh", str(ARCHIVE), "serve"), server.variables(**listens), directory
    )
    stack.callback(sidecar.stop)
    sidecar.start()
    wait_for_port(port)
    return {
        "PGBACKREST_PG1_HOST": "localhost",
        "PGBACKREST_PG1_HOST_TYPE": "tls",
        "PGBACKREST_PG1_HOST_PORT": str(port),
        "PGBACKREST_PG1_HOST_CA_FILE": where["ca.pem"],
        "PGBACKREST_PG1_HOST_CERT_FILE": where["client-cert.pem"],
        "PGBACKREST_PG1_HOST_KEY_FILE": where["client-key.pem"],
    }


def _platform(url: str, repository: dict[str, str]) -> dict[str, str]:
    """A split platform whose objects and backups are in the store of the archive."""
    endpoint = f"https://localhost:{repository['PGBACKREST_REPO1_STORAGE_PORT']}"
    return {
        "DJANGO_SETTINGS_MODULE": "platform_site.settings.backup",
        "DJANGO_SECRET_KEY": random_token(50),
        "LOG_LEVEL": "ERROR",
        "AWS_CA_BUNDLE": repository["PGBACKREST_REPO1_STORAGE_CA_FILE"],
        "DATABASE_URL": url,
        "S3_BUCKET": OBJECTS,
        "S3_ENDPOINT_URL": endpoint,
        "S3_ACCESS_KEY_ID": KEY_ID,
        "S3_SECRET_ACCESS_KEY": KEY,
        "BACKUP_ENGINE": "archive",
        "BACKUP_URL": f"s3://{BUCKET}/platform",
        "BACKUP_S3_ENDPOINT_URL": endpoint,
        "BACKUP_S3_ACCESS_KEY_ID": KEY_ID,
        "BACKUP_S3_SECRET_ACCESS_KEY": KEY,
        "BACKUP_KEY": random_token(),
    }


def _rehearsal(server: ArchivedServer, platform: dict[str, str]) -> dict[str, str]:
    """What restores the archive, beside what restores the objects; the place is for both users."""
    return {
        **server.variables(),
        **platform,
        "REHEARSAL_ARCHIVE": str(ARCHIVE),
        "REHEARSAL_DIRECTORY": str(server.home / "rehearsals"),
    }


def _size(files: Path) -> int:
    return sum(file.stat().st_size for file in files.rglob("*") if file.is_file())
