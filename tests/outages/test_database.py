"""A database that is down, hung, locked or full: every route refuses in time, and comes back."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager

import psycopg
import pytest
import urllib3

from tests.outages.routes import Route, routes
from tests.outages.site import Site
from tests.servers.person import PHOTOGRAPHS

pytestmark = pytest.mark.processes

ROLES = ("auth", "images", "admin", "gateway")
WITHOUT_DATABASE = {
    # What these say is known without a row: from keys, from code, or from the path alone.
    ("auth", "GET", ".well-known/jwks.json"),
    ("auth", "POST", "internal/v1/token"),
    ("auth", "GET", "auth/sign-in-options"),
    # Of these three the signature of a link is looked at first.
    ("auth", "POST", "auth/email/verify"),
    ("auth", "POST", "auth/email/confirm"),
    ("auth", "POST", "auth/password/confirm"),
    ("auth", "POST", "auth/sso/<slug:provider>/begin"),  # what is waited for is in a cookie
    ("auth", "GET", "auth/sso/<slug:provider>/callback"),  # there is no such provider
    ("auth", "POST", "auth/login/passkey/options"),
    # What is not sealed by us is refused before any row is looked for.
    ("auth", "POST", "auth/login/passkey"),
    ("auth", "POST", "auth/login/second-factor/options"),
    ("auth", "POST", "auth/login/second-factor"),
    ("images", "GET", "internal/v1/presets"),
    ("images", "GET", "internal/v1/status"),  # says that the database is lost, with 200
    ("admin", "GET", ""),
    ("gateway", "GET", "api/v1/docs"),
    ("gateway", "GET", "api/v1/schema"),
    ("gateway", "GET", "api/v1/presets"),
    ("gateway", "POST", "internal/v1/upload-access"),  # a token and its count
    ("gateway", "GET", "api/v1/status"),  # says so with 503 and a document of its own
}
PROBES = tuple((role, Route("GET", "readyz")) for role in ("auth", "images", "admin"))


@contextmanager
def locked(site: Site) -> Iterator[None]:
    """Somebody holds every table of ours, as a migration may."""
    with psycopg.connect(site.owner_url) as connection:
        found = connection.execute(
            "SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        names = ", ".join(row[0] for row in found)
        connection.execute(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE")
        yield
        connection.rollback()


@contextmanager
def full(site: Site) -> Iterator[None]:
    """The server takes no more connections, and has ended those that there were."""
    with psycopg.connect(site.owner_url, autocommit=True) as connection:
        connection.execute("ALTER ROLE outages CONNECTION LIMIT 0")
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'outages'"
        )
        try:
            yield
        finally:
            connection.execute("ALTER ROLE outages CONNECTION LIMIT -1")


@contextmanager
def stopped(site: Site) -> Iterator[None]:
    """The server's processes for our connections are stopped, and new ones hang as well."""
    with psycopg.connect(site.owner_url, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE usename = 'outages'"
        ).fetchall()
    with site.proxy.hanging():
        for (pid,) in rows:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for (pid,) in rows:
                os.kill(pid, signal.SIGCONT)


OUTAGES: dict[str, Callable[[Site], AbstractContextManager[None]]] = {
    "down": lambda site: site.proxy.down(),
    "hung": lambda site: site.proxy.hanging(),
    "stopped": stopped,
    "locked": locked,
    "full": full,
}


@pytest.mark.parametrize("outage", OUTAGES)
def test_every_route_of_every_role_refuses_in_time_and_comes_back(site: Site, outage: str) -> None:
    asked = [
        (role, route)
        for role in ROLES
        for route in routes(f"platform_site.urls.{role}")
        if (role, route.method, route.template) not in WITHOUT_DATABASE
    ]
    with OUTAGES[outage](site), ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda pair: _told(site, *pair), asked))
        free = list(threads.map(lambda item: _status(site, *item), sorted(WITHOUT_DATABASE)))
    wrong = [
        f"{role} {route.method} /{route.template}: {told}"
        for (role, route), told in zip(asked, answers, strict=True)
        if told != ("page" if route.template.startswith("admin/") else "problem")
    ]
    assert wrong == []
    assert [status for status in free if status in {500, 502, None}] == []
    _comes_back(site)


def _told(site: Site, role: str, route: Route) -> str:
    try:
        reply = site.ask(role, route)
    except urllib3.exceptions.HTTPError as exc:
        return type(exc).__name__
    if reply.status != 503 or int(reply.headers.get("Retry-After", 0)) < 1:
        return f"{reply.status} {reply.data[:200]!r}"
    if reply.headers["Content-Type"].startswith("text/html"):
        return "page" if b"The database gives no answer" in reply.data else repr(reply.data[:200])
    if reply.headers["Content-Type"] != "application/problem+json":
        return reply.headers["Content-Type"]
    code = reply.json()["code"]
    known = {"database_unavailable"} | ({"upstream_unavailable"} if role == "gateway" else set())
    return "problem" if code in known else str(code)


def _status(site: Site, role: str, method: str, template: str) -> int | None:
    try:
        return site.ask(role, Route(method, template)).status
    except urllib3.exceptions.HTTPError:
        return None


def _comes_back(site: Site) -> None:
    """By itself, and then at once for everybody."""
    reads = [
        ("auth", Route("GET", "auth/profile")),
        ("images", Route("GET", "internal/v1/images")),
        ("images", Route("GET", "i/<path:rest>")),
        ("admin", Route("GET", "admin/images/image/")),
        ("gateway", Route("GET", "api/v1/images")),
    ]
    deadline = time.monotonic() + 30
    while any(site.ask(role, route).status != 200 for role, route in [*reads, *PROBES]):
        assert time.monotonic() < deadline, "it does not come back"
        time.sleep(0.1)
    with ThreadPoolExecutor(4) as threads:
        statuses = list(threads.map(lambda pair: site.ask(*pair).status, reads * 8))
    assert set(statuses) == {200}


def test_a_job_that_loses_its_database_goes_on_where_it_was(site: Site) -> None:
    alice = site.platform.person("alice")
    uploaded = alice.upload(PHOTOGRAPHS / "mountains.jpg").json
    job_id = uploaded["job"]["id"]
    with psycopg.connect(site.owner_url, autocommit=True) as connection:
        states = "SELECT state, progress_done FROM images_job WHERE id = %s"
        while (row := connection.execute(states, [job_id]).fetchone()) != ("running", 1):
            assert row in {("queued", 0), ("running", 0)}, row
            time.sleep(0.005)
    with site.proxy.hanging():
        _wait_for_word(site, "run_interrupted", job_id)
    job = alice.job_ended(job_id)
    assert (job["state"], job["error"], job["attempt"]) == ("succeeded", None, 1)
    renditions = alice.image(uploaded["image"]["id"])["renditions"]
    assert {rendition["state"] for rendition in renditions} == {"ready"}


def _wait_for_word(site: Site, event: str, job_id: str) -> None:
    deadline = time.monotonic() + 30
    while not any(
        line.get("event") == event and line.get("job_id") == job_id
        for line in site.platform.programs["worker"].events()
    ):
        assert time.monotonic() < deadline, site.platform.programs["worker"].words()[-2000:]
        time.sleep(0.05)
