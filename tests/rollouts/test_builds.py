"""The short set: two bad builds go back and a good one stays. The full set is a command."""

import pytest

from tests.rollouts.report import Outcome, rolled_out
from tests.rollouts.site import TwoColours

pytestmark = pytest.mark.processes


def test_a_build_that_fails_half_of_all_is_taken_back_at_little_cost(site: TwoColours) -> None:
    outcome = rolled_out(site, "errors-half")

    assert not outcome.is_promoted, outcome.said
    assert "errors of" in outcome.why
    assert outcome.has_had_traffic
    assert outcome.took_s < 120
    assert outcome.budget_spent < 0.01
    assert outcome.after.failed == 0, "everybody is back"


def test_a_build_without_its_secret_gets_nobody(site: TwoColours) -> None:
    outcome = rolled_out(site, "missing-secret")

    assert not outcome.is_promoted, outcome.said
    assert outcome.why.startswith("before any traffic: not ready within")
    assert not outcome.has_had_traffic
    assert outcome.failed == 0


def test_a_good_build_has_everybody_in_the_end(site: TwoColours) -> None:
    outcome: Outcome = rolled_out(site, "good")

    assert outcome.is_promoted, outcome.said
    assert outcome.failed == 0
    assert outcome.after.failed == 0
