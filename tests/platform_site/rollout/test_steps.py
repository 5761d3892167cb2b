"""A roll-out goes on, waits, ends or goes back, and remembers itself."""

from dataclasses import replace

import pytest

from platform_site.rollout.judgement import ALL_ERRORS, ERRORS, Call, Finding, Verdict
from platform_site.rollout.ledger import Ledger, Tally
from platform_site.rollout.steps import PLAN, Phase, Progress, next_progress, opened, reverted

GOOD = Verdict(Call.GOOD, (Finding(Call.GOOD, "fine"),))
BAD = Verdict(Call.REVERT, (Finding(Call.REVERT, "bad"), Finding(Call.GOOD, "fine")))
UNKNOWN = Verdict(Call.UNKNOWN, (Finding(Call.UNKNOWN, "too few"),))
BEGUN = Progress(new="green", old="blue", began_at=100.0)
AT_ONE = opened(BEGUN, at=200.0)
AT_HALF = replace(AT_ONE, step=2, step_at=300.0, requests_before_step=1000.0)


def after(now: Progress, verdict: Verdict, *, at: float, requests: float = 0.0) -> Progress:
    """The next progress, where the new colour has had ``requests``."""
    counted = Ledger().grown({ALL_ERRORS: (Tally(requests, 0), Tally(), ERRORS)})
    return next_progress(replace(now, ledger=counted), verdict, at=at)


def test_nobody_is_sent_before_the_first_step() -> None:
    assert (BEGUN.phase, BEGUN.share) == (Phase.CHECKED, 0)
    assert (AT_ONE.share, AT_ONE.traffic_at) == (1, 200.0)


def test_the_first_traffic_stays_the_first() -> None:
    second = opened(AT_ONE, at=250.0)
    assert (second.share, second.traffic_at, second.step_at) == (10, 200.0, 250.0)


def test_a_bad_release_goes_back_from_every_step_at_once() -> None:
    for step in range(len(PLAN)):
        back = after(replace(AT_ONE, step=step), BAD, at=201.0)
        assert (back.phase, back.share, back.why) == (Phase.REVERTED, 0, "bad")


def test_a_step_lasts_for_its_time_and_its_requests() -> None:
    step = PLAN[0]
    enough, ends_at = step.least_requests, 200.0 + step.least_s
    early = after(AT_ONE, GOOD, requests=999, at=ends_at - 1)
    quiet = after(AT_ONE, GOOD, requests=enough - 1, at=ends_at)
    both = after(AT_ONE, GOOD, requests=enough, at=ends_at)

    assert [one.share for one in (early, quiet, both)] == [1, 1, 10]
    assert both.requests_before_step == enough


def test_a_small_share_without_anybody_is_passed_in_time() -> None:
    assert after(AT_ONE, UNKNOWN, at=200.0 + PLAN[0].patience_s).share == 10


def test_half_of_all_is_not_passed_without_evidence() -> None:
    step = PLAN[2]
    waiting = after(AT_HALF, UNKNOWN, requests=9999, at=300.0 + step.least_s)
    over = after(AT_HALF, UNKNOWN, requests=9999, at=300.0 + step.patience_s)

    assert waiting.share == 50
    assert over.phase == Phase.REVERTED
    assert over.why == f"it cannot be told within {step.patience_s:.0f} s: too few"


def test_the_last_step_promotes() -> None:
    last = replace(AT_HALF, step=len(PLAN) - 1)
    end = after(last, GOOD, requests=99_999, at=300.0 + PLAN[-1].least_s)
    assert (end.phase, end.share, end.is_over) == (Phase.PROMOTED, 100, True)


@pytest.mark.parametrize("progress", [BEGUN, AT_HALF, reverted(AT_ONE, at=1.0, why="bad")])
def test_what_is_kept_comes_back_whole(progress: Progress) -> None:
    assert Progress.of_json(progress.as_json()) == progress
