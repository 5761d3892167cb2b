"""Every check, of the store at hand: it does what `known.json` tells of it, no more and no less."""

from collections.abc import Iterator

import pytest

from tests.stores import stores, table
from tests.stores.contract import CHECKS
from tests.stores.contract.checks import Asked, Check

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def at() -> Iterator[Asked]:
    with stores.asked() as opened:
        yield opened


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_the_store_does_what_is_known_of_it(at: Asked, check: Check) -> None:
    expected = table.differences(stores.at_hand()).get(check.name, "")

    assert stores.outcome(check, at) == expected, f"{check.words}: python -m tests.stores --record"
