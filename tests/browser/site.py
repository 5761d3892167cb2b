"""A platform that a browser can open: embedded as `make up` runs it, or split behind nginx."""

import json
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from platform_site.kit.identifiers import random_token
from tests.edge.server import running_edge
from tests.servers.oidc_provider import CLIENT_SECRET, OidcProvider
from tests.servers.person import Person
from tests.servers.platform import Platform, platform
from tests.servers.ports import free_port
from tests.servers.processes import ROOT, Program

DIST = ROOT / "frontend" / "dist"
STARTED_WITHIN_S = 90.0
# Every test signs up people of its own from one address.
LIMITS = {"ACCOUNT_RATE_LIMITS": '{"register": [10000, 3600], "login": [10000, 300]}'}


@dataclass(frozen=True)
class Site:
    """One address for pages and API.

    ``staff`` may see the state of the platform, ``provider`` signs people in; embedded only.
    """

    address: str
    staff: Person | None = None
    staff_password: str = ""
    laptop: Mapping[str, str] | None = None
    split: Platform | None = None
    provider: OidcProvider | None = None

    def person(self, name: str) -> Person:
        """Somebody who has just registered, with an API token of their own."""
        email = f"{name}-{random_token(6)}@example.com".lower()
        return Person(email, self.address, self.address, self.address).sign_up()

    def environment(self) -> Mapping[str, str]:
        """What a `manage.py` command needs to work on the same data; embedded only."""
        assert self.laptop is not None
        return self.laptop


@contextmanager
def embedded(provider: OidcProvider | None = None) -> Iterator[Site]:
    """`manage.py up` with data of its own; it ends with the block."""
    with tempfile.TemporaryDirectory(prefix="image-platform-browser-") as directory:
        yield from _running(Path(directory), provider)


def _running(directory: Path, provider: OidcProvider | None) -> Iterator[Site]:
    port = free_port()
    environment = {"VAR_DIR": str(directory / "var"), **LIMITS, **_signing_on(provider)}
    command = [sys.executable, str(ROOT / "manage.py"), "up", "--port", str(port)]
    program = Program("up", command, environment, directory)
    try:
        program.start()
        password = _password_said(program)
        address = f"http://127.0.0.1:{port}"
        staff = Person("demo@example.com", address, address, address).sign_in(password)
        yield Site(address, staff, password, laptop=environment, provider=provider)
    finally:
        program.stop()


def _signing_on(provider: OidcProvider | None) -> dict[str, str]:
    if provider is None:
        return {}
    entry = provider.settings()
    return {
        "OIDC_PROVIDERS": json.dumps([entry]),
        "OIDC_CLIENT_SECRETS": json.dumps({entry["id"]: CLIENT_SECRET}),
    }


@contextmanager
def behind_nginx(
    postgresql_url: str, shared: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Site]:
    """Every role as processes of its own, and nginx with the built SPA in front of them.

    ``shared`` are variables that the roles and nginx have alike.
    """
    extra = {"TRUSTED_PROXY_COUNT": "1", "DELIVERY_ACCEL": "true", **LIMITS, **shared}
    with ExitStack() as stack:
        split = stack.enter_context(platform(postgresql_url, extra=extra))
        names = {"GATEWAY": "gateway", "AUTH": "auth", "IMAGES": "images"}
        variables = {f"{name}_UPSTREAM": _host(split.address(role)) for name, role in names.items()}
        variables |= {
            "STORE_UPSTREAM": _host(split.store.endpoint),
            "STATIC_ROOT": str(DIST),
            **shared,
        }
        edge = stack.enter_context(running_edge(variables))
        yield Site(edge.url, split=split)


def _host(url: str) -> str:
    return url.removeprefix("http://")


def _password_said(program: Program) -> str:
    """The password of the demo account, from the welcome that ends the start."""
    deadline = time.monotonic() + STARTED_WITHIN_S
    while "is running" not in (words := program.words()):
        assert time.monotonic() < deadline, words
        assert program.process is not None
        assert program.process.poll() is None, words
        time.sleep(0.1)
    match = re.search(r"Sign in +\S+ +(\S+)", words)
    assert match is not None
    return match[1]
