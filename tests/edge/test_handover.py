"""Whom nginx follows to the store, what it tells the store, and where nobody leads it."""

import pytest

from tests.edge.conftest import Site
from tests.edge.handover import (
    CONTENT,
    OF_THE_ROLE,
    PATH,
    STORED_AT,
)
from tests.edge.upstreams import Answer
from tests.edge.wire import ask

pytestmark = pytest.mark.processes


@pytest.mark.parametrize(
    "location", ["/_store/%0d%0aX-Evil:1", "/_store/a b", "/_store/a;b", "/_store"]
)
def test_a_strange_location_is_followed_nowhere(site: Site, location: str) -> None:
    site.images.respond = lambda _: Answer(307, {"X-Accel-Redirect": location}, b"")

    assert ask(site.port, PATH).status in {404, 502}
    assert site.store.received == []


@pytest.mark.parametrize("path", ["/_store/images/x", f"/_store{STORED_AT}", "/_files/x"])
def test_the_way_to_the_store_is_not_open_from_outside(stored: Site, path: str) -> None:
    assert ask(stored.port, path).status == 404
    assert stored.nobody_was_asked()


@pytest.mark.parametrize("path", ["/api/v1/usage", "/auth/profile", "/.well-known/jwks.json", PATH])
def test_no_role_leads_nginx_elsewhere_by_a_header(stored: Site, path: str) -> None:
    lead = Answer(200, {"X-Accel-Redirect": f"/_store{STORED_AT}", "X-Accel-Range": "bytes=0-1"})
    for role in (stored.gateway, stored.auth, stored.images):
        role.respond = lambda _: lead

    reply = ask(stored.port, path)

    assert (reply.status, reply.body) == (200, b"{}")
    assert not [name for name in reply.names if name.startswith("x-accel")]
    assert stored.store.received == []


@pytest.mark.parametrize("path", ["/api/v1/usage", "/auth/profile"])
def test_a_307_is_followed_for_the_images_role_only(stored: Site, path: str) -> None:
    for role in (stored.gateway, stored.auth):
        role.respond = lambda _: Answer(307, {"X-Accel-Redirect": f"/_store{STORED_AT}"})

    assert ask(stored.port, path).status == 307
    assert stored.store.received == []


def test_only_the_roles_word_counts_about_the_range(stored: Site) -> None:
    stored.images.respond = lambda _: Answer(
        307, {**OF_THE_ROLE, "X-Accel-Redirect": f"/_store{STORED_AT}"}, b""
    )

    reply = ask(stored.port, PATH, headers={"Range": "bytes=0-1,5-6"})

    assert (reply.status, reply.body) == (200, CONTENT)
    assert "range" not in stored.store.last.headers


def test_the_store_is_asked_exactly_as_it_was_signed(stored: Site) -> None:
    ask(stored.port, PATH, headers={"Authorization": "Bearer alice", "Cookie": "refresh=1"})

    request = stored.store.last
    assert (request.method, request.path) == ("GET", STORED_AT)
    assert request.headers == {
        "host": stored.store.address,
        "accept-encoding": "identity",
        "connection": "close",
    }
