"""A split platform over a proxied database, with an admin beside; and how to ask any route."""

import base64
import os
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

import orjson
import psycopg
import urllib3

from platform_site.kit.auth.api_keys import api_key_new
from tests.outages.routes import Route
from tests.platform_site.kit.token_issuer import Issuer
from tests.servers.person import PASSWORD, PHOTOGRAPHS
from tests.servers.platform import Platform, platform
from tests.servers.ports import free_port
from tests.servers.processes import manage, wait_until_ready
from tests.servers.proxy import Proxy, proxy

DEADLINE_S: Final = 10.0
"""By far more than a route may take, since the machine may be slow; and far less than for ever."""
FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"
NOBODY: Final = str(UUID(int=0))
OWNER_SCOPES: Final = {f"internal/v1/owner/{what}": "purge" for what in ("purge", "forget")}
VALUES: Final = {
    **dict.fromkeys(
        (
            "session_id",
            "job_id",
            "owner_id",
            "object_id",
            "id",
            "export_id",
            "key_id",
            "passkey_id",
            "device_id",
            "identity",
        ),
        NOBODY,
    ),
    "provider": "nobody",
    "app_label": "images",
    "url": "no-such-page/",
    "content_type_id": "1",
}


@dataclass
class Site:
    """What a test may break, and what it asks."""

    platform: Platform
    proxy: Proxy
    owner_url: str
    """The database past the proxy, as superuser."""
    image_id: str
    delivery_path: str
    refresh: str
    users: Mapping[str, str]
    """Alice's tokens, by the role that takes them."""
    services: Mapping[str, str]
    """The gateway's tokens, likewise."""
    admin_cookie: str

    def ask(
        self, role: str, route: Route, *, timeout_s: float = DEADLINE_S
    ) -> urllib3.BaseHTTPResponse:
        """One request of somebody who may do this, with a body that the route takes."""
        values = {**VALUES, "image_id": self.image_id}
        path = self.delivery_path if route.template.startswith("i/") else route.path(values)
        body: bytes | str | None = None
        content_type = ""
        if route.method in {"POST", "PATCH"} or route.template.endswith("v1/account"):
            body, content_type = self._body(route.template)
        return urllib3.request(
            route.method,
            f"{self.platform.address(role)}{path}",
            body=body,
            headers={
                **self._credentials(role, route),
                "Content-Type": content_type,
                "X-Public-Origin": "https://photos.example",  # as the gateway sends to images
                "Connection": "close",  # a refusal leaves the rest of a body unread
            },
            timeout=timeout_s,
            retries=False,
            redirect=False,
        )

    def _credentials(self, role: str, route: Route) -> dict[str, str]:
        if role == "admin":
            return {"Cookie": self.admin_cookie}
        if route.template == "internal/v1/token":
            return basic(self.platform)
        if route.template.startswith("internal/v1/owner/"):
            return self._of_auth(scope=f"images:{OWNER_SCOPES.get(route.template, 'withhold')}")
        if route.template in {"internal/v1/exports/finished", "internal/v1/acts"}:
            return self._of_auth(scope="")
        service = self.services.get(role, "")
        user = {"Authorization": f"Bearer {self.users[role]}"}
        return {**user, "X-Service-Authorization": f"Bearer {service}"} if service else user

    def _of_auth(self, *, scope: str) -> dict[str, str]:
        """What auth shows to images as somebody's account ends, with the platform's own key."""
        issuer = Issuer(key=self.platform.material.signing)
        service = issuer.access(header={"typ": "svc+jwt"}, sub="auth")
        return {
            "Authorization": f"Bearer {issuer.access(scope=scope)}",
            "X-Service-Authorization": f"Bearer {service}",
        }

    def _body(self, template: str) -> tuple[bytes | str, str]:
        if template in {"internal/v1/images", "api/v1/images", "api/v1/process"}:
            photograph = (PHOTOGRAPHS / "fig-display-p3.jpg").read_bytes()
            return urllib3.encode_multipart_formdata({"file": ("fig.jpg", photograph)})
        if template == "internal/v1/token":
            return urlencode({"grant_type": "client_credentials", "audience": "images"}), FORM
        if template == "internal/v1/api-keys/exchange":
            return urlencode({"key": api_key_new(), "address": "127.0.0.1"}), FORM
        if template == "auth/revoke":
            return urlencode({"token": api_key_new()}), FORM
        if template == "internal/v1/introspect":
            return urlencode({"token": self.users["auth"]}), FORM
        email = f"carol-{time.monotonic_ns()}@example.com"
        documents: dict[str, Any] = {
            "auth/register": {"email": email, "password": PASSWORD, "name": "Carol"},
            "auth/api-keys": {"name": "Cron", "scopes": ["jobs"]},
            "auth/login": {"email": email, "password": PASSWORD},
            "auth/password": {"current_password": PASSWORD, "new_password": f"{PASSWORD} 2"},
            "auth/password/reset": {"email": email},
            "auth/email": {"email": email},
            "auth/refresh": {"refresh": self.refresh},
            "auth/profile": {"name": "Alice"},
            "api/v1/account": {"password": PASSWORD},
            "internal/v1/account": {"password": PASSWORD},
            "internal/v1/acts": {"ids": [self.image_id]},
        }
        if template.endswith("images/actions"):
            documents[template] = {"action": "restore", "selection": {"ids": [self.image_id]}}
        if template.endswith("passkeys/<uuid:passkey_id>"):
            documents[template] = {"name": "Phone"}
        if template.endswith("renditions"):
            documents[template] = {"preset": "thumb"}
        if template.endswith("images/<uuid:image_id>"):
            documents[template] = {"title": "A dandelion"}
        return orjson.dumps(documents.get(template, {})), JSON


@contextmanager
def site_over_proxy(postgresql_url: str, *, extra: Mapping[str, str]) -> Iterator[Site]:
    """The roles' database user may make databases and is no superuser, for whom no limit counts."""
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'outages'").fetchone():
            connection.execute("CREATE ROLE outages LOGIN CREATEDB PASSWORD 'a-word-of-outages'")
    with proxy(_listener(postgresql_url)) as front:
        url = f"postgresql://outages:a-word-of-outages@127.0.0.1:{front.port}/postgres"
        with platform(url, extra=extra) as running:
            database = urlsplit(running.database_url).path
            owner_url = urlsplit(postgresql_url)._replace(path=database).geturl()
            yield _furnished(running, front, owner_url)


@contextmanager
def role_stopped(site: Site, role: str) -> Iterator[None]:
    """Every process of the role is stopped; its kernel goes on taking what is sent."""
    process = site.platform.programs[role].process
    assert process is not None
    os.killpg(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGCONT)


def basic(running: Platform) -> dict[str, str]:
    """The gateway's credential at auth."""
    pair = f"gateway:{running.material.gateway_secret}".encode()
    return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}


def _furnished(running: Platform, front: Proxy, owner_url: str) -> Site:
    alice = running.person("alice")
    uploaded = alice.upload(PHOTOGRAPHS / "dandelion-alpha.png", presets="thumb").json
    alice.job_ended(uploaded["job"]["id"])
    original = alice.image(uploaded["image"]["id"])["links"]["original"]
    login = {"email": alice.email, "password": PASSWORD, "mode": "token"}
    return Site(
        platform=running,
        proxy=front,
        owner_url=owner_url,
        image_id=uploaded["image"]["id"],
        delivery_path="/i/" + original.partition("/i/")[2],
        refresh=alice.send("POST", "/auth/login", login).json["refresh"],
        users={
            **dict.fromkeys(("auth", "gateway"), alice.token),
            "images": alice.role_token("images"),
        },
        services={role: running.service_token(role) for role in ("auth", "images")},
        admin_cookie=_admin_cookie(running),
    )


def _admin_cookie(running: Platform) -> str:
    """Start the admin; the cookie of somebody who has signed in there."""
    running.ports["admin"], running.metrics_ports["admin"] = free_port(), free_port()
    file = running.directory / "admin-password"
    names = ("--email", "admin@example.com", "--staff", "--password-file", str(file))
    manage("create_demo", *names, environment=running.environment("admin"))
    program = running.start("admin")
    url = f"{running.address('admin')}/admin/login/"
    wait_until_ready(program, f"{running.address('admin')}/readyz")
    cookies = _cookies(urllib3.request("GET", url))
    form = {"username": "admin@example.com", "password": file.read_text().strip()}
    signed_in = urllib3.request(
        "POST",
        url,
        body=urlencode({**form, "csrfmiddlewaretoken": cookies["csrftoken"]}),
        headers={"Content-Type": FORM, "Cookie": f"csrftoken={cookies['csrftoken']}"},
        redirect=False,
    )
    assert signed_in.status == 302, signed_in.data
    return "; ".join(f"{name}={value}" for name, value in _cookies(signed_in).items())


def _cookies(reply: urllib3.BaseHTTPResponse) -> dict[str, str]:
    pairs = (line.partition(";")[0].partition("=") for line in reply.headers.getlist("Set-Cookie"))
    return {name: value for name, _, value in pairs}


def _listener(postgresql_url: str) -> int | str:
    parts = urlsplit(postgresql_url)
    directory = dict(parse_qsl(parts.query)).get("host", "")
    port = parts.port or 5432
    return f"{directory}/.s.PGSQL.{port}" if directory.startswith("/") else port
