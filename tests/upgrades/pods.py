"""Two releases on one database, broker, cache and store: their roles as pods behind Services.

A pod is a process of its release's own files, with the secrets and the database user of its role.
It ends as in a cluster: no new connections, a pause (`preStop`), then SIGTERM.
"""

import json
import secrets
import shutil
import subprocess
import tarfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import psycopg
import urllib3
from psycopg import sql

from platform_site.secrets.generation import KeyMaterial, cluster, write
from tests.servers.platform import GUNICORN, SCHEDULER, WEB_ROLES, WORKER
from tests.servers.ports import free_port
from tests.servers.processes import ROOT, Program, manage, wait_until_ready
from tests.servers.redis import RedisServer
from tests.servers.s3 import ACCESS_KEY, SECRET_KEY, ObjectStore
from tests.servers.service import Service
from tests.waiting import until

PRE_STOP_S: Final = 1.0
"""Ten seconds in a cluster, where each node hears by itself who has gone."""
GRACE_S: Final = 80.0
SERVED: Final = (*WEB_ROLES, "admin")
FIRST: Final = {
    "admin": "/admin/login/",
    "auth": "/auth/profile",
    "gateway": "/api/v1/images",
    "images": "/internal/v1/images",
}
MANY: Final = [1_000_000, 60]
SETTINGS: Final = {
    "WEB_WORKERS": "1",
    "WEB_THREADS": "8",
    "LOG_LEVEL": "WARNING",
    "DELIVERY_ACCEL": "true",
    "TRUSTED_PROXY_COUNT": "1",
    "REFRESH_COOKIE_SECURE": "false",
    "REQUIRE_SECOND_FACTOR": "none",
    "ACCESS_TOKEN_LIFETIME_S": "3000",
    "GATEWAY_READS_PER_MINUTE": "1000000",
    "GATEWAY_WRITES_PER_MINUTE": "1000000",
    # Everybody comes from one address here.
    "ACCOUNT_RATE_LIMITS": json.dumps(
        dict.fromkeys(("register", "register_tries", "login", "refresh"), MANY)
    ),
}


@dataclass(frozen=True)
class Code:
    """The files of one release: a name for logs, and the directory that they are in."""

    name: str
    root: Path


@dataclass
class Pod:
    """A program of a role, and where it listens if it does."""

    role: str
    program: Program
    port: int
    heartbeat: Path

    def is_ready(self) -> bool:
        """Whether one that does not listen has said that it is ready; the scheduler does not."""
        said = self.heartbeat.with_name(f"{self.heartbeat.name}.ready")
        return self.role == "scheduler" or said.exists()


def unpacked(commit: str, directory: Path) -> Path:
    """The files of ``commit`` below ``directory``."""
    tar = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=True)
    with tarfile.open(fileobj=BytesIO(tar.stdout)) as archive:
        archive.extractall(directory, filter="data")
    return directory


@dataclass
class Shared:
    """What both releases use, and the pods that there are."""

    directory: Path
    owner_url: str
    broker: RedisServer
    cache: RedisServer
    store: ObjectStore
    services: dict[str, Service] = field(
        default_factory=lambda: {role: Service() for role in SERVED}
    )
    pods: list[Pod] = field(default_factory=list)

    def address(self, role: str) -> str:
        """The Service of a role."""
        return f"127.0.0.1:{self.services[role].port}"

    def environment(self, role: str) -> dict[str, str]:
        """The variables of a role, as its manifest has them."""
        given = {
            **SETTINGS,
            "DJANGO_SETTINGS_MODULE": f"platform_site.settings.{role}",
            "METRICS_PORT": str(free_port()),
            "AUTH_URL": f"http://{self.address('auth')}",
            "IMAGES_URL": f"http://{self.address('images')}",
            "JWKS_URL": f"http://{self.address('auth')}/.well-known/jwks.json",
        }
        for file in (self.directory / "secrets" / role).iterdir():
            given[f"{file.stem.upper().replace('-', '_')}_FILE"] = str(file)
        if role in {"images", "worker", "admin"}:
            given |= {"S3_BUCKET": self.store.bucket, "S3_ENDPOINT_URL": self.store.endpoint}
        return given

    def migrate(self, code: Code) -> str:
        """What the Job of a release does: migrate, then grant each role its tables."""
        return manage(
            *("grant_database_roles", "--migrate", "--urls", str(self.directory / "urls")),
            environment=self.environment("migrate"),
            root=code.root,
        )

    def start(self, code: Code, *roles: str) -> list[Pod]:
        """A pod for each of ``roles``, one after the other; each gets connections once it is ready.

        All at once they would take the processors from those that serve, whose share a cluster
        keeps (requests).
        """
        return [self._ready(code, role) for role in roles]

    def end(self, *pods: Pod) -> None:
        """Let pods go as a cluster does; raises when one does not end by itself."""
        for pod in pods:
            if pod.role in SERVED:
                self.services[pod.role].remove(pod.port)
        time.sleep(PRE_STOP_S)
        for pod in pods:
            pod.program.ask_to_end()
        for pod in pods:
            assert pod.program.process is not None
            pod.program.process.wait(GRACE_S)
            self.pods.remove(pod)

    def words(self) -> str:
        """What every pod has said, those that have ended too."""
        files = sorted(self.directory.glob("*.log"))
        return "\n".join(f"--- {one.name}\n{one.read_text(errors='replace')}" for one in files)

    def _ready(self, code: Code, role: str) -> Pod:
        pod = self._started(code, role)
        if role not in SERVED:
            until(pod.is_ready, pod.program.words, timeout_s=120)
            return pod
        at = f"http://127.0.0.1:{pod.port}"
        wait_until_ready(pod.program, f"{at}/readyz", timeout_s=120)
        # Whatever the answer: 0.1.0 loads its views at the first request, which on a busy machine
        # takes longer than the gateway waits.
        urllib3.request("GET", f"{at}{FIRST[role]}", timeout=60.0, retries=False)
        self.services[role].add(pod.port)
        return pod

    def _started(self, code: Code, role: str) -> Pod:
        port = free_port() if role in SERVED else 0
        name = f"{role}-{code.name}-{secrets.token_hex(3)}"
        environment = {**self.environment(role), "PORT": str(port)}
        command: Sequence[str] = GUNICORN
        heartbeat = self.directory / f"{name}.heartbeat"
        if role == "worker":
            environment["WORKER_HEARTBEAT_FILE"] = str(heartbeat)
            command = (*WORKER, "-n", f"{name}@%h")
        if role == "scheduler":
            command = (*SCHEDULER, "-s", str(self.directory / f"{name}.schedule"))
        program = Program(name, command, environment, self.directory, root=code.root)
        pod = Pod(role, program, port, heartbeat)
        self.pods.append(pod)
        pod.program.start()
        return pod


@contextmanager
def shared(postgresql_url: str, directory: Path) -> Iterator[Shared]:
    """The servers, empty but for secrets; every pod ends with the block."""
    directory.chmod(0o755)
    with ExitStack() as stack:
        material = KeyMaterial()
        owner_url, users = stack.enter_context(_database(postgresql_url))
        broker, cache = RedisServer(), RedisServer()
        broker.users_give("broker", material.broker)
        cache.users_give("cache", material.cache)
        store = ObjectStore(directory, bucket=f"images-{secrets.token_hex(4)}")
        for server in (broker, cache, store):
            stack.callback(server.stop)
            server.start()
        made = Shared(directory, owner_url, broker, cache, store)
        for service in made.services.values():
            service.start()
            stack.callback(service.end)
        stack.callback(_all_stopped, made.pods)
        _secrets_write(made, material, users)
        yield made


def _all_stopped(pods: list[Pod]) -> None:
    for pod in pods:
        pod.program.ask_to_end()
    for pod in pods:
        pod.program.stop()


def _secrets_write(made: Shared, material: KeyMaterial, users: Mapping[str, str]) -> None:
    """What ``init_secrets`` makes, with the addresses of this machine."""
    (made.directory / "urls").mkdir()
    for role, files in cluster(material).items():
        written = dict(files)
        if "database-url" in written:
            user = {"worker": "images", "migrate": "owner"}.get(role, role)
            written["database-url"] = users[user]
        for server in (made.broker, made.cache):
            name = "broker-url" if server is made.broker else "cache-url"
            if name in written:
                written[name] = server.url_of(role)
        if "s3-access-key-id" in written:
            written |= {"s3-access-key-id": ACCESS_KEY, "s3-secret-access-key": SECRET_KEY}
        write(made.directory / "secrets" / role, written)
    for role in ("auth", "images", "admin"):
        source = made.directory / "secrets" / role / "database-url"
        shutil.copy(source, made.directory / "urls" / role)


@contextmanager
def _database(server_url: str) -> Iterator[tuple[str, dict[str, str]]]:
    """A database, and the URLs of its owner and of a user for each role, who is made later."""
    suffix = secrets.token_hex(4)
    name = f"releases_{suffix}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    owner = urlsplit(server_url)._replace(path=f"/{name}")
    roles = {role: f"{role}_{suffix}" for role in ("auth", "images", "admin", "backup")}
    place = owner.netloc.rpartition("@")[2]
    urls = {
        role: owner._replace(netloc=f"{user}:{secrets.token_hex(12)}@{place}").geturl()
        for role, user in roles.items()
    }
    try:
        yield owner.geturl(), {**urls, "owner": owner.geturl()}
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            )
            for user in roles.values():
                connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(user)))
