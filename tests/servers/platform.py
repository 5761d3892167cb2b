"""The platform split into its roles: web processes and a worker, over real servers."""

import secrets
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import urllib3

from platform_site import redis_users
from platform_site.kit.identifiers import random_token
from platform_site.secrets.generation import KeyMaterial, write
from tests.servers.person import Person
from tests.servers.ports import free_port
from tests.servers.processes import Program, manage, wait_until_ready
from tests.servers.redis import RedisServer
from tests.servers.s3 import ACCESS_KEY, SECRET_KEY, ObjectStore

WEB_ROLES = ("auth", "images", "gateway")
GUNICORN = (sys.executable, "-m", "gunicorn", "-c", "python:platform_site.gunicorn")
GRANIAN = (sys.executable, "-m", "platform_site.web.granian_server")
WORKER = (
    *(sys.executable, "-m", "celery", "-A", "platform_site.celery", "worker"),
    *("--pool", "prefork", "--concurrency", "1", "--loglevel", "INFO"),
    *("--without-gossip", "--without-mingle"),
)
SCHEDULER = (sys.executable, "-m", "celery", "-A", "platform_site.celery", "beat")


@dataclass
class Platform:
    """What a test may reach: addresses, programs by role, and the servers under them."""

    directory: Path
    database_url: str
    broker: RedisServer
    cache: RedisServer
    store: ObjectStore
    extra: Mapping[str, str] = field(default_factory=dict)
    web: Sequence[str] = GUNICORN
    material: KeyMaterial = field(default_factory=KeyMaterial)
    programs: dict[str, Program] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=lambda: {r: free_port() for r in WEB_ROLES})
    metrics_ports: dict[str, int] = field(
        default_factory=lambda: {r: free_port() for r in (*WEB_ROLES, "worker")}
    )

    def address(self, role: str) -> str:
        """The base URL of a web role."""
        return f"http://127.0.0.1:{self.ports[role]}"

    def environment(self, role: str) -> dict[str, str]:
        """The variables of one role: what its manifest would give it, and nothing else."""
        return {
            "DJANGO_SETTINGS_MODULE": f"platform_site.settings.{role}",
            "DJANGO_SECRET_KEY": random_token(50),
            "WEB_WORKERS": "2",
            "REQUIRE_SECOND_FACTOR": "none",
            "WEB_THREADS": "8",
            "METRICS_PORT": str(self.metrics_ports.get(role, 0)),
            "PORT": str(self.ports.get(role, 0)),
            **self._shared(role),
            **self.extra,
        }

    def start(self, *roles: str) -> Program:
        """Start (or start again) the programs of ``roles`` beside each other, until all are ready.

        Returns the last one.
        """
        programs = [self._launch(role) for role in roles]
        for program in programs:
            if program.name in WEB_ROLES:
                wait_until_ready(program, f"{self.address(program.name)}/readyz")
        return programs[-1]

    def _launch(self, role: str) -> Program:
        commands = {"worker": WORKER, "scheduler": SCHEDULER}
        program = Program(
            role, commands.get(role, self.web), self.environment(role), self.directory
        )
        self.programs[role] = program
        program.start()
        return program

    def person(self, name: str) -> Person:
        """Somebody who has just registered and signed in."""
        return Person(
            email=f"{name}-{random_token(6)}@example.com",
            api=self.address("gateway"),
            auth=self.address("auth"),
            delivery=self.address("images"),
        ).sign_up()

    def service_token(self, audience: str) -> str:
        """What the gateway asks of auth before it calls ``audience``."""
        secret = self.material.gateway()["service-client-secret"]
        reply = urllib3.request(
            "POST",
            f"{self.address('auth')}/internal/v1/token",
            body=f"grant_type=client_credentials&audience={audience}",
            headers={
                **urllib3.make_headers(basic_auth=f"gateway:{secret}"),
                "Content-Type": "application/x-www-form-urlencoded",
            },
        )
        raw: str = reply.json()["access_token"]
        return raw

    def stop(self) -> None:
        """End every program, all at once."""
        for program in self.programs.values():
            program.ask_to_end()
        for program in self.programs.values():
            program.stop()

    def _shared(self, role: str) -> dict[str, str]:
        environment = {}
        if role in redis_users.CACHE:
            environment["CACHE_URL"] = self.cache.url_of(role)
        if role in redis_users.BROKER:
            environment["BROKER_URL"] = self.broker.url_of(role)
        secrets = dict(self.material.verifier())
        environment["JWKS_URL"] = f"{self.address('auth')}/.well-known/jwks.json"
        if role == "auth":
            secrets |= self.material.auth()
            secrets |= self.material.accounts()
            environment |= {"DATABASE_URL": self.database_url, "REFRESH_COOKIE_SECURE": "false"}
            environment["IMAGES_URL"] = self.address("images")
            if self.extra.get("EMAIL_HOST"):
                environment["PUBLIC_URL"] = "http://localhost"  # links of mails lead there
        if role == "gateway":
            secrets |= self.material.gateway()
            environment["AUTH_URL"] = self.address("auth")
            environment["IMAGES_URL"] = self.address("images")
        if role in {"images", "worker", "admin"}:
            secrets |= self.material.delivery()
            environment["DATABASE_URL"] = self.database_url
            environment |= self._store()
        if role == "admin":
            secrets |= self.material.accounts()
        if role == "worker":
            environment["WORKER_HEARTBEAT_FILE"] = str(self.directory / "heartbeat")
        if role == "scheduler":
            environment = {"BROKER_URL": self.broker.url_of(role), "SWEEP_INTERVAL_S": "1"}
        return {**environment, **self._files(role, secrets)}

    def _store(self) -> dict[str, str]:
        return {
            "S3_BUCKET": self.store.bucket,
            "S3_ENDPOINT_URL": self.store.endpoint,
            "S3_ACCESS_KEY_ID": ACCESS_KEY,
            "S3_SECRET_ACCESS_KEY": SECRET_KEY,
        }

    def _files(self, role: str, secrets: Mapping[str, str]) -> dict[str, str]:
        """Secrets as mounted files, as in the cluster: ``NAME_FILE`` for each."""
        directory = self.directory / "secrets" / role
        if not directory.exists():
            write(directory, secrets)
        return {f"{VARIABLES[name]}_FILE": str(directory / name) for name in secrets}


VARIABLES = {
    "signing-keys.json": "SIGNING_KEYS",
    "service-clients.json": "SERVICE_CLIENTS",
    "jwks.json": "JWKS",
    "service-client-secret": "SERVICE_CLIENT_SECRET",
    "delivery-keys.json": "DELIVERY_KEYS",
    "account-keys.json": "ACCOUNT_KEYS",
}


@contextmanager
def platform(
    postgresql_url: str,
    *,
    extra: Mapping[str, str] | None = None,
    scheduler: bool = False,
    roles: Sequence[str] = (*WEB_ROLES, "worker"),
    redis: Callable[[], RedisServer] = RedisServer,
    web: Sequence[str] = GUNICORN,
) -> Iterator[Platform]:
    """A whole split platform with a database of its own; everything ends with the block."""
    with ExitStack() as stack:
        temporary = tempfile.TemporaryDirectory(prefix="image-platform-split-")
        directory = Path(stack.enter_context(temporary))
        database_url = stack.enter_context(_database(postgresql_url))
        material = KeyMaterial()
        broker, cache = redis(), redis()
        broker.users_give("broker", material.broker)
        cache.users_give("cache", material.cache)
        store = ObjectStore(directory, bucket=f"images-{secrets.token_hex(4)}")
        for server in (broker, cache, store):
            stack.callback(server.stop)
            server.start()
        split = Platform(directory, database_url, broker, cache, store, extra or {}, web, material)
        stack.callback(split.stop)
        manage("migrate", "--verbosity", "0", environment=split.environment("admin"))
        if wanted := (*roles, *(("scheduler",) if scheduler else ())):
            split.start(*wanted)
        yield split


@contextmanager
def _database(postgresql_url: str) -> Iterator[str]:
    name = f"split_{random_token(6).lower().replace('-', '_')}"
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield urlsplit(postgresql_url)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(postgresql_url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
