"""The whole way of a photograph, on a laptop."""

import pytest

from tests.browser.journey import photograph_goes_its_way
from tests.browser.site import Site
from tests.browser.visitor import VisitorMade

pytestmark = [pytest.mark.browser, pytest.mark.processes]


def test_alice_registers_uploads_builds_copies_deletes_and_restores(
    laptop: Site, visit: VisitorMade
) -> None:
    photograph_goes_its_way(visit(laptop))
