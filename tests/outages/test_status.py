"""The status names every part that is lost, and waits for none that hangs."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from tests.outages.routes import Route
from tests.outages.site import DEADLINE_S, Site, role_stopped

pytestmark = pytest.mark.processes

STATUS = Route("GET", "api/v1/status")


@contextmanager
def without(site: Site, server: str) -> Iterator[None]:
    lost: Any = getattr(site.platform, server)
    lost.stop()
    try:
        yield
    finally:
        lost.start()


UNKNOWN = {"parts.database", "parts.broker", "parts.storage", "parts.queues", "roles.worker"}
LOST: dict[str, tuple[Callable[[Site], AbstractContextManager[None]], set[str], set[str]]] = {
    # how: what is then said to be down, and what is not known
    "cache": (lambda site: without(site, "cache"), {"parts.cache"}, set()),
    "broker": (lambda site: without(site, "broker"), {"parts.broker", "roles.images"}, set()),
    "database": (
        lambda site: site.proxy.hanging(),
        {"parts.database", "roles.images", "roles.auth", "roles.worker"},
        {"parts.queues"},
    ),
    "images": (lambda site: role_stopped(site, "images"), {"roles.images"}, UNKNOWN),
    "auth": (lambda site: role_stopped(site, "auth"), {"roles.auth"}, set()),
}


def told(site: Site) -> tuple[int, set[str], set[str]]:
    reply = site.ask("gateway", STATUS)
    body = reply.json()
    states = {
        f"{group}.{name}": state["ok"]
        for group in ("roles", "parts")
        for name, state in body[group].items()
    }
    assert (reply.status, body["status"]) == (
        (200, "ok") if all(states.values()) else (503, "degraded")
    )
    down = {name for name, ok in states.items() if ok is False}
    return reply.status, down, {name for name, ok in states.items() if ok is None}


def told_in_the_end(site: Site, expected: tuple[int, set[str], set[str]]) -> None:
    """A state is shown for two seconds, and each of two processes has its own."""
    deadline = time.monotonic() + 3 * DEADLINE_S
    in_a_row = 0
    while in_a_row < 3:
        found = told(site)
        in_a_row = in_a_row + 1 if found == expected else 0
        assert time.monotonic() < deadline, found
        time.sleep(0.3)


@pytest.mark.parametrize("part", LOST)
def test_what_is_lost_is_named_and_what_nobody_knows_is_not_called_well(
    site: Site, part: str
) -> None:
    lose, down, unknown = LOST[part]
    told_in_the_end(site, (200, set(), set()))
    with lose(site):
        told_in_the_end(site, (503, down, unknown))
    told_in_the_end(site, (200, set(), set()))
