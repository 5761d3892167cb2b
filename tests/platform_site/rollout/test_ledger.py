"""What is counted is weighed by what the old release did at the same time, and can be kept."""

import json

import pytest

from platform_site.rollout.ledger import REVERT_AT, Ledger, LedgerLine, Tally, Tolerance, weight

ERRORS = Tolerance(0.001, 0.009)
NOTHING = (Tally(), Tally(), ERRORS)


def weighed(*slices: tuple[Tally, Tally]) -> float:
    ledger = Ledger()
    for new, old in slices:
        ledger = ledger.grown({"errors": (new, old, ERRORS)})
    return ledger.grown({"errors": NOTHING}).lines["errors"].weight


def test_what_is_in_order_is_the_budget_or_what_the_old_one_does() -> None:
    assert ERRORS.rates(0.0) == pytest.approx((0.001, 0.01))
    assert ERRORS.rates(0.1) == pytest.approx((0.1, 0.2))


def test_even_where_everything_fails_a_rate_is_no_certainty() -> None:
    good, bad = ERRORS.rates(1.0)
    assert 0 < good < bad < 1
    assert weight(Tally(10, 10), 1.0, ERRORS) < REVERT_AT


def test_one_failure_among_few_is_no_rate() -> None:
    assert Tally(100, 0).share_at_least == 0.0
    assert 0.001 < Tally(100, 1).share_at_least < 0.005
    assert 0.16 < Tally(100, 20).share_at_least < 0.2


def test_a_slice_is_weighed_once_the_next_is_known() -> None:
    once = LedgerLine().grown(Tally(100, 5), Tally(100, 0), ERRORS)
    assert once.weight == 0.0
    assert once.grown(Tally(), Tally(100, 0), ERRORS).weight == pytest.approx(10.65, abs=0.01)


@pytest.mark.parametrize("beside", [0, 1, 2])
def test_an_outage_that_one_of_the_two_saw_a_slice_later_weighs_nothing(beside: int) -> None:
    outage, fine = Tally(100, 30), Tally(100, 0)
    olds = [fine, fine, fine]
    olds[beside] = outage
    news = [fine, outage, fine]
    assert weighed(*zip(news, olds, strict=True)) < 5


def test_an_outage_long_ago_excuses_nothing() -> None:
    fine = Tally(100, 0)
    slices = [(Tally(), Tally(100, 30)), (fine, fine), (fine, fine), (Tally(100, 30), fine)]
    assert weighed(*slices) > REVERT_AT


def test_where_nobody_is_left_at_the_old_one_its_last_share_counts_for_a_while() -> None:
    bad = Tally(100, 20)
    soon = weighed((bad, bad), (bad, Tally()))
    late = weighed((bad, bad), *[(Tally(), Tally())] * 40, (bad, Tally()))
    assert soon < REVERT_AT < late


def test_what_is_kept_comes_back_whole() -> None:
    ledger = Ledger().grown({"errors": (Tally(10, 1), Tally(20, 2), ERRORS)}, (1.0, 2.0))
    assert Ledger.of_json(json.loads(json.dumps(ledger.as_json()))) == ledger
    assert Ledger.of_json({}) == Ledger()


def test_what_only_a_comparison_tells_weighs_nothing_without_one() -> None:
    slow = Tolerance(0.05, 0.25, is_compared=True)
    alone = LedgerLine().grown(Tally(100, 40), Tally(), slow).grown(Tally(), Tally(), slow)
    beside = LedgerLine().grown(Tally(100, 40), Tally(100, 1), slow).grown(Tally(), Tally(), slow)
    assert (alone.weight, alone.new) == (0.0, Tally(100, 40))
    assert beside.weight > REVERT_AT
