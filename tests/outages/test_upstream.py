"""A role that hangs holds up few callers, for as long as a deadline, and is found again at once."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import urllib3

from gateway import deadlines
from tests.outages.routes import Route
from tests.outages.site import DEADLINE_S, Site, role_stopped

pytestmark = pytest.mark.processes

PROCESSES = 2
READ = Route("GET", "api/v1/images")
UPLOAD = Route("POST", "api/v1/images")
OWN = Route("GET", "api/v1/schema")


def test_a_hung_role_is_not_waited_for_and_is_back_at_once(site: Site) -> None:
    with role_stopped(site, "images"):
        with ThreadPoolExecutor(24) as threads:
            first = list(threads.map(lambda _number: told(site, READ, DEADLINE_S), range(48)))
        assert set(first) == {"503 upstream_unavailable"}
        # Known now: but for one call a second and process, which looks whether it is back,
        # nobody waits as long as a read may take.
        began = time.monotonic()
        later = [told(site, route, deadlines.READ_S / 2) for route in [READ, UPLOAD] * 12]
        waited = later.count("no answer")
        assert set(later) <= {"503 upstream_unavailable", "no answer"}
        assert waited <= PROCESSES * (time.monotonic() - began + 1)
        assert len(later) - waited >= 2
        assert told(site, OWN, DEADLINE_S) == "200"
    until = time.monotonic() + DEADLINE_S
    while told(site, READ, DEADLINE_S) != "200":
        assert time.monotonic() < until
        time.sleep(0.1)


def test_an_upload_that_a_hung_role_had_begun_to_take_is_refused_in_time(site: Site) -> None:
    with role_stopped(site, "images"):
        assert told(site, UPLOAD, deadlines.UPLOAD_S + DEADLINE_S) == "503 upstream_unavailable"
    until = time.monotonic() + DEADLINE_S
    while told(site, READ, DEADLINE_S) != "200":
        assert time.monotonic() < until
        time.sleep(0.1)


def told(site: Site, route: Route, timeout_s: float) -> str:
    try:
        reply = site.ask("gateway", route, timeout_s=timeout_s)
    except urllib3.exceptions.TimeoutError:
        return "no answer"
    if reply.status < 400:
        return str(reply.status)
    assert int(reply.headers["Retry-After"]) >= 1
    return f"{reply.status} {reply.json()['code']}"
