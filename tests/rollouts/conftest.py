"""Blue, running, for all tests here; each starts green as the build that it is about."""

from collections.abc import Iterator

import pytest

from tests.observability.programs import needed
from tests.rollouts.site import TwoColours, two_colours


@pytest.fixture(scope="package")
def running_site(postgresql_url: str) -> Iterator[TwoColours]:
    needed(["nginx", "prometheus"])
    with two_colours(postgresql_url) as site:
        yield site


@pytest.fixture
def site(running_site: TwoColours) -> Iterator[TwoColours]:
    """With blue alone, before and afterwards."""
    yield running_site
    running_site.green_stop()
