"""nginx with one recording upstream for each role and one for the store."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from tests.edge.handover import OF_THE_ROLE, STORED_AT, location_answer, store_answer
from tests.edge.server import Edge, nginx_binary, running_edge
from tests.edge.upstreams import Upstream, serving
from tests.needs import missing


@pytest.fixture(scope="session", autouse=True)
def nginx_is_here() -> None:
    """Without nginx there is nothing to test; where every test has to run, that is a failure."""
    if nginx_binary() is None:
        missing("nginx is not installed; install it: apt-get install nginx-light")


@dataclass(frozen=True)
class Site:
    """The edge and what stands behind it."""

    edge: Edge
    gateway: Upstream
    auth: Upstream
    images: Upstream
    store: Upstream

    @property
    def port(self) -> int:
        """The public port."""
        return self.edge.port

    @property
    def upstreams(self) -> tuple[Upstream, ...]:
        """All of them."""
        return self.gateway, self.auth, self.images, self.store

    def nobody_was_asked(self) -> bool:
        """Whether no upstream got any request."""
        return not any(upstream.received for upstream in self.upstreams)


def variables_for(
    gateway: str, auth: str, images: str, store: str, **others: str
) -> dict[str, str]:
    """The variables that say where the upstreams are."""
    return {
        "GATEWAY_UPSTREAM": gateway,
        "AUTH_UPSTREAM": auth,
        "IMAGES_UPSTREAM": images,
        "STORE_UPSTREAM": store,
        **others,
    }


@pytest.fixture(scope="module")
def shared_site(nginx_is_here: None) -> Iterator[Site]:
    """One nginx for a module; `site` gives it to each test afresh."""
    with ExitStack() as stack:
        roles = [stack.enter_context(serving()) for _ in range(4)]
        variables = variables_for(*(role.address for role in roles))
        edge = stack.enter_context(running_edge(variables))
        yield Site(edge, *roles)


@pytest.fixture
def site(shared_site: Site) -> Site:
    """The edge, with upstreams that have received nothing and answer ``{}``."""
    for upstream in shared_site.upstreams:
        upstream.begin_anew()
    return shared_site


@pytest.fixture
def stored(site: Site) -> Site:
    """A rendition in the store."""
    site.images.respond = lambda got: location_answer(got, f"/_store{STORED_AT}", OF_THE_ROLE)
    site.store.respond = store_answer
    return site
