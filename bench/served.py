"""The platform, running, with fifty images: every read that is measured or probed."""

import io
import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

import psycopg
from PIL import Image

from bench.cpu import parent_of
from tests.servers.person import PASSWORD, PHOTOGRAPHS, Person
from tests.servers.platform import Platform, platform
from tests.servers.postgresql import postgresql

IMAGES: Final = 50
POSTGRESQL: Final = "PostgreSQL"
STORE: Final = "object store"
"""VersityGW: one process over a directory."""
UNLIMITED: Final = 100_000_000
EXTRA: Final = {
    "ACCESS_TOKEN_LIFETIME_S": "3000",
    "GATEWAY_READS_PER_MINUTE": str(UNLIMITED),
    "ACCOUNT_RATE_LIMITS": json.dumps(
        {
            name: [UNLIMITED, 60]
            for name in ("jwks", "refresh", "login", "login_account", "client_token")
        }
    ),
}
"""Limits are raised and not taken away: one client here asks as much as thousands would.

Tokens outlive a run on a machine that is busy.
"""


@dataclass(frozen=True)
class Read:
    """What is asked, and the roles that answer; the name is the first role's and the read's.

    ``bodies`` and ``follow`` as `bench.load.load` takes them.
    """

    name: str
    url: str
    headers: Mapping[str, str]
    roles: Sequence[str]
    bodies: Sequence[str] = ()
    follow: str = ""


@dataclass(frozen=True)
class Served:
    """A running platform, the person whose images are read, and the image with 8 renditions."""

    split: Platform
    alice: Person
    image_id: str
    job_id: str
    postgresql_url: str

    def pid(self, role: str) -> int:
        """The process of ``role``, that of its workers above it."""
        process = self.split.programs[role].process
        if process is None:
            raise RuntimeError(f"{role} is not running.")
        return process.pid

    def postgresql_pid(self) -> int | None:
        """The database server's process; ``None`` when it runs elsewhere."""
        with psycopg.connect(self.postgresql_url) as connection:
            return parent_of(connection.info.backend_pid)

    def programs(self) -> dict[str, int]:
        """Every process of the platform by name: roles, and the servers behind them."""
        # The servers of the tests tell nobody else who they are.
        store = self.split.store._program  # noqa: SLF001
        behind = {
            POSTGRESQL: self.postgresql_pid(),
            "Redis broker": _pid(self.split.broker._process),  # noqa: SLF001
            "Redis cache": _pid(self.split.cache._process),  # noqa: SLF001
            STORE: _pid(store.process) if store else None,
        }
        found = {role: self.pid(role) for role in self.split.programs}
        return found | {name: pid for name, pid in behind.items() if pid is not None}

    def reads(self) -> list[Read]:
        """Every read, with tokens that have just been issued: ask again after a minute."""
        self.alice.sign_in()
        return [*self._of_images(), *self._of_gateway(), *self._of_auth(), self._of_bytes()]

    def refresh(self, sessions: int) -> Read:
        """The renewal of a session, a write, of which each connection has its own."""
        return Read(
            "auth/refresh",
            f"{self.split.address('auth')}/auth/refresh",
            {"Content-Type": "application/json"},
            ("auth",),
            [json.dumps({"refresh": self._refresh_token()}) for _ in range(sessions)],
            "refresh",
        )

    def _refresh_token(self) -> str:
        body = {"email": self.alice.email, "password": PASSWORD, "mode": "token"}
        answer = self.alice.send("POST", "/auth/login", body)
        return str(answer.json["refresh"])

    def _paths(self) -> dict[str, str]:
        return {
            "presets": "presets",
            "image": f"images/{self.image_id}",
            "list": f"images?limit={IMAGES}",
            "renditions": f"images/{self.image_id}/renditions",
            "job": f"jobs/{self.job_id}",
            "jobs": "jobs",
            "usage": "usage",
        }

    def _of_images(self) -> Iterator[Read]:
        headers = {
            "Authorization": f"Bearer {self.alice.role_token('images')}",
            "X-Service-Authorization": f"Bearer {self.split.service_token('images')}",
            "X-Public-Origin": self.split.address("gateway"),
        }
        base = f"{self.split.address('images')}/internal/v1"
        for name, path in self._paths().items():
            yield Read(f"images/{name}", f"{base}/{path}", headers, ("images",))

    def _of_gateway(self) -> Iterator[Read]:
        headers = bearer(self.alice.token)
        base = f"{self.split.address('gateway')}/api/v1"
        for name, path in self._paths().items():
            yield Read(f"gateway/{name}", f"{base}/{path}", headers, ("gateway", "images"))
        roles = ("gateway", "images", "auth")
        yield Read("gateway/overview", f"{base}/overview", headers, roles)

    def _of_auth(self) -> Iterator[Read]:
        base = self.split.address("auth")
        mine = bearer(self.alice.token)
        yield Read("auth/profile", f"{base}/auth/profile", mine, ("auth",))
        yield Read("auth/jwks", f"{base}/.well-known/jwks.json", {}, ("auth",))
        service = {
            "X-Service-Authorization": f"Bearer {self.split.service_token('auth')}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        asked = [urlencode({"token": self.alice.token})]
        url = f"{base}/internal/v1/introspect"
        yield Read("auth/introspect", url, service, ("auth",), asked)

    def _of_bytes(self) -> Read:
        image = self.alice.image(self.image_id)
        url = next(one["url"] for one in image["renditions"] if one["preset"] == "thumb")
        path = "/i/" + url.partition("/i/")[2]
        return Read("images/bytes", f"{self.split.address('images')}{path}", {}, ("images",))


@contextmanager
def served(*, images: int = IMAGES, extra: Mapping[str, str] | None = None) -> Iterator[Served]:
    """The split platform with ``images`` of Alice; the first has eight renditions."""
    with postgresql() as url, platform(url, extra={**EXTRA, **(extra or {})}) as split:
        alice = split.person("alice")
        answered(alice)
        first = alice.upload(PHOTOGRAPHS / "mountains.jpg").json
        others = [
            alice.upload(small_picture(number), presets="thumb").json["job"]["id"]
            for number in range(images - 1)
        ]
        for job_id in (first["job"]["id"], *others):
            alice.job_ended(job_id)
        yield Served(split, alice, first["image"]["id"], first["job"]["id"], url)


def answered(person: Person) -> None:
    """Ask until it answers: on a busy machine a new process's first call may come to nothing."""
    while person.send("GET", "/api/v1/presets").status != 200:
        pass


def small_picture(number: int) -> bytes:
    """A JPEG that no other ``number`` below 65,536 has."""
    file = io.BytesIO()
    Image.new("RGB", (240, 160), (number % 256, number // 256, 128)).save(file, "JPEG")
    return file.getvalue()


def _pid(process: "subprocess.Popen[bytes] | None") -> int | None:
    return process.pid if process else None


def bearer(token: str) -> dict[str, str]:
    """The header that carries ``token``."""
    return {"Authorization": f"Bearer {token}"}
