"""A whole platform for drills: two of each role behind nginx, over real servers that may be broken.

Every role reads its secrets from the directory that ``init_secrets`` makes, as in the cluster;
everything that a role connects to is reached by a proxy, at which a drill cuts.
"""

import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from drills.database import NAME, PostgreSQLServer
from drills.disks import small_disk
from drills.front import TlsFront, tls_front
from drills.keeper import Instance, Keeper
from drills.store import DrillStore
from platform_site.secrets.generation import KeyMaterial, cluster, write
from tests.edge.server import Edge, running_edge
from tests.servers.platform import GUNICORN, SCHEDULER, WEB_ROLES, WORKER
from tests.servers.ports import free_port
from tests.servers.processes import Program, manage
from tests.servers.proxy import Proxy
from tests.servers.redis import RedisServer

NODES: Final = ("a", "b")
LINKS: Final = ("database", "broker", "cache", "store")
HOSTS: Final = {
    "postgresql:5432": "database",
    "redis-broker:6379": "broker",
    "redis-cache:6379": "cache",
}
"""What the URLs of ``init_secrets`` name, and the link that leads there."""
SETTINGS: Final = {
    "WEB_WORKERS": "2",
    "WEB_THREADS": "8",
    "REQUIRE_SECOND_FACTOR": "none",
    "REFRESH_COOKIE_SECURE": "false",
    "DELIVERY_ACCEL": "true",
    "TRUSTED_PROXY_COUNT": "1",
    "LOG_LEVEL": "WARNING",
    # A drill waits for what is put right by itself; these say how soon that is tried.
    "SWEEP_INTERVAL_S": "3",
    "JOB_LEASE_S": "10",
    "JOB_REQUEUE_AFTER_S": "15",
    # Everybody comes from one address here.
    "ACCOUNT_RATE_LIMITS": '{"register": [100000, 60], "register_tries": [100000, 60], '
    '"login": [100000, 60], "refresh": [100000, 60]}',
}
EDGE: Final = {
    "UPLOADS_PER_CLIENT": "200",
    "WRITES_PER_CLIENT": "500",
    "UPLOADS_AT_ONCE": "32",
    "DRAIN_S": "20",
}


class LinkedRedis(RedisServer):
    """A Redis that its users reach by a link."""

    @property
    def admin_url(self) -> str:
        """Straight to the server, as somebody who may do everything."""
        return self.url


@dataclass
class DrillPlatform:
    """The servers, the links to them, the instances of each role, and nginx."""

    directory: Path
    material: KeyMaterial
    database: PostgreSQLServer
    broker: LinkedRedis
    cache: LinkedRedis
    store: DrillStore
    links: dict[str, Proxy]
    keeper: Keeper
    extra: Mapping[str, str] = field(default_factory=dict)
    store_port: int = 0
    metrics_ports: dict[str, int] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    fronts: list[TlsFront] = field(default_factory=list)
    own: dict[str, Mapping[str, str]] = field(default_factory=dict)
    """Variables of single instances, from their next start on."""

    @property
    def edge(self) -> Edge:
        """The nginx before everything."""
        return self.edges[0]

    @property
    def url(self) -> str:
        """Where people come in."""
        return self.front.url if self.fronts else self.edge.url

    @property
    def front(self) -> TlsFront:
        """The end of TLS before nginx, in the drills that have one."""
        return self.fronts[0]

    @property
    def secrets(self) -> Path:
        """The directory of ``init_secrets``."""
        return self.directory / "secrets"

    def names(self, *roles: str) -> list[str]:
        """The instances of these roles; all without a word."""
        wanted = roles or (*WEB_ROLES, "worker", "scheduler")
        return [name for name, one in self.keeper.instances.items() if one.role in wanted]

    def on_node(self, node: str) -> list[str]:
        """Every instance of a node."""
        return [name for name in self.keeper.instances if name.endswith(f"-{node}")]

    def environment(self, name: str) -> dict[str, str]:
        """The variables of one instance: what its manifest would give it, and nothing else."""
        role = name.partition("-")[0]
        services = self.keeper.services
        given = {
            "DJANGO_SETTINGS_MODULE": f"platform_site.settings.{role}",
            "METRICS_PORT": str(self.metrics_ports.get(name, 0)),
            **SETTINGS,
            **self._secret_files(role),
        }
        if role in WEB_ROLES:
            given["PORT"] = str(self.keeper.instances[name].port)
        if "auth" in services:
            at = f"http://127.0.0.1:{services['auth'].port}"
            given |= {"AUTH_URL": at, "JWKS_URL": f"{at}/.well-known/jwks.json"}
        if "images" in services:
            given["IMAGES_URL"] = f"http://127.0.0.1:{services['images'].port}"
        if role in {"images", "worker", "admin"}:
            given["S3_BUCKET"] = self.store.bucket
            given["S3_ENDPOINT_URL"] = f"http://127.0.0.1:{self.links['store'].port}"
        if role == "worker":
            given["WORKER_HEARTBEAT_FILE"] = str(self.directory / f"{name}.heartbeat")
        return {**given, **self.extra, **self.own.get(name, {})}

    def begin(self) -> None:
        """Tables, users and every instance; returns when all are ready."""
        self.jobs_run()
        for role in WEB_ROLES:
            self.keeper.serve(role)
        for node in NODES:
            for role in (*WEB_ROLES, "worker"):
                self._keep(role, node)
        self._keep("scheduler", "a")

    def jobs_run(self) -> None:
        """What the Jobs of a release do: migrations, and a user of database and store for each."""
        self.store.users_make(self.secrets / "minio-images")
        urls = self.directory / "urls"
        (urls / "other").mkdir(parents=True, exist_ok=True)
        for role in ("auth", "images", "admin", "backup", "owner"):
            if role != "owner":
                shutil.copy(self.secrets / role / "database-url", urls / role)
            other = self.secrets / "migrate" / f"other-database-url-{role}"
            shutil.copy(other, urls / "other" / role)
        manage(
            "grant_database_roles",
            *("--urls", str(urls), "--migrate"),
            environment=self.environment("migrate"),
        )

    def children(self, name: str) -> list[int]:
        """The processes under the one of an instance: web workers, or a worker's children."""
        pid = self.keeper.instances[name].pid
        listed = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
        )
        return [int(word) for word in listed.stdout.split()]

    @staticmethod
    def libfaketime() -> str:
        """The library that gives a process another clock."""
        found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
        return str(found[0])

    def database_stop(self) -> None:
        """End the database, whichever server that is by now."""
        self.database.stop()

    def words(self) -> str:
        """What every program has said."""
        return "\n".join(
            f"--- {file.name}\n{file.read_text(errors='replace')}"
            for file in sorted(self.directory.glob("*.log"))
        )

    def _keep(self, role: str, node: str) -> None:
        name = f"{role}-{node}"
        self.metrics_ports[name] = free_port()
        port = free_port() if role in WEB_ROLES else 0
        heartbeat = self.directory / f"{name}.heartbeat" if role == "worker" else None
        unmade = Program(name, (), {}, self.directory)
        self.keeper.keep(Instance(name, role, lambda: self._program(name), unmade, port, heartbeat))

    def _program(self, name: str) -> Program:
        role = name.partition("-")[0]
        workers = (*WORKER, "-n", f"{name}@%h")
        command = {"worker": workers, "scheduler": SCHEDULER}.get(role, GUNICORN)
        return Program(name, command, self.environment(name), self.directory)

    def _secret_files(self, role: str) -> dict[str, str]:
        """``NAME_FILE`` for each file of the role's Secret."""
        files = sorted((self.secrets / role).iterdir())
        return {
            f"{file.stem.upper().replace('-', '_')}_FILE": str(file)
            for file in files
            if not file.name.startswith(".")
        }


@contextmanager
def drill_platform(
    directory: Path,
    *,
    extra: Mapping[str, str] | None = None,
    small_disks: Sequence[str] = (),
    over_tls: bool = False,
) -> Iterator[DrillPlatform]:
    """Everything, started; it ends with the block."""
    directory.chmod(0o755)
    with ExitStack() as stack:
        material = KeyMaterial()
        for name in ("postgresql", "store"):
            place = directory / name
            place.mkdir()
            if name in small_disks:
                stack.enter_context(small_disk(place))
        database = PostgreSQLServer(directory / "postgresql")
        stack.callback(database.stop)
        database.make(material.database["owner"])
        broker, cache = LinkedRedis(), LinkedRedis()
        broker.users_give("broker", material.broker)
        cache.users_give("cache", material.cache)
        store = DrillStore(directory / "store", bucket="images")
        for server in (broker, cache, store):
            stack.callback(server.stop)
            server.start()
        store_port = urlsplit(store.endpoint).port or 80
        ports = (database.port, broker.port, cache.port, store_port)
        links = {name: Proxy(port).start() for name, port in zip(LINKS, ports, strict=True)}
        for link in links.values():
            stack.callback(link.end)
        keeper = Keeper()
        stack.callback(keeper.end)
        platform = DrillPlatform(
            directory, material, database, broker, cache, store, links, keeper,
            extra=extra or {}, store_port=store_port,
        )  # fmt: skip
        stack.callback(platform.database_stop)
        _secrets_write(platform)
        platform.begin()
        services = {
            f"{role.upper()}_UPSTREAM": f"127.0.0.1:{keeper.services[role].port}"
            for role in WEB_ROLES
        }
        upstreams = {**services, "STORE_UPSTREAM": f"127.0.0.1:{links['store'].port}"}
        platform.edges.append(stack.enter_context(running_edge({**upstreams, **EDGE})))
        if over_tls:
            platform.fronts.append(stack.enter_context(tls_front(directory, platform.edge.port)))
        yield platform


def _secrets_write(platform: DrillPlatform) -> None:
    """What ``init_secrets`` makes, with the addresses of this machine."""
    for role, files in cluster(platform.material).items():
        written = {name: _here(content, platform.links) for name, content in files.items()}
        write(platform.secrets / role, written)


def _here(content: str, links: Mapping[str, Proxy]) -> str:
    for host, link in HOSTS.items():
        content = content.replace(f"@{host}/", f"@127.0.0.1:{links[link].port}/")
    return content


__all__ = ("NAME", "DrillPlatform", "drill_platform")
