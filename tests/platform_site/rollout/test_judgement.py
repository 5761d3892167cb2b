"""What is called bad, and by how little; what is not, however bad the day."""

import pytest

from platform_site.rollout.judgement import GROWTH_BYTES, Call, Sight, Verdict, entered, judge
from platform_site.rollout.ledger import Ledger, Tally

WELL = {role: Tally(1000, 0) for role in ("auth", "gateway", "images")}
OLD = Sight(failed=WELL)


def judged(new: Sight, old: Sight = OLD) -> Verdict:
    """After one slice of time, and an empty one by which it is weighed."""
    ledger = entered(entered(Ledger(), new, old), Sight(), Sight())
    return judge(ledger, new, old)


def test_a_release_without_a_failure_is_good_once_there_were_enough_requests() -> None:
    few = Sight(failed={"gateway": Tally(100, 0)})

    assert judged(few).call == Call.UNKNOWN
    assert judged(few).why == "errors of all: 0 of 100 (0.00%), the old release 0 of 3000 (0.00%)"
    assert judged(Sight(failed=WELL)).call == Call.GOOD


def test_nothing_seen_is_nothing_known() -> None:
    assert judge(Ledger(), Sight(), OLD).call == Call.UNKNOWN


def test_five_failures_of_a_hundred_are_enough() -> None:
    verdict = judged(Sight(failed={"gateway": Tally(100, 5)}))

    assert verdict.call == Call.REVERT
    assert "errors of gateway: 5 of 100 (5.00%), the old release 0 of 1000" in verdict.why
    assert verdict.why.count(";") == 1, "that of all, too, and nothing else"


def test_a_failure_in_a_thousand_is_what_the_budget_is_for() -> None:
    assert judged(Sight(failed={**WELL, "images": Tally(1000, 1)})).call != Call.REVERT


def test_an_outage_of_both_is_no_fault_of_the_release() -> None:
    outage = {role: Tally(400, 120) for role in WELL}
    assert judged(Sight(failed=outage), Sight(failed=outage)).call != Call.REVERT


def test_in_an_outage_a_release_that_is_worse_still_goes_back() -> None:
    old = Sight(failed={"images": Tally(400, 40)})
    assert judged(Sight(failed={"images": Tally(400, 200)}), old).call == Call.REVERT


def test_slower_requests_are_compared_with_those_of_the_same_time() -> None:
    slow = Sight(failed=WELL, slow={("gateway", "0.3"): Tally(40, 38)})
    busy = Sight(failed=WELL, slow={("gateway", "0.3"): Tally(40, 37)})

    calm = Sight(failed=WELL, slow={("gateway", "0.3"): Tally(400, 4)})

    assert judged(slow, calm).call == Call.REVERT
    assert "gateway slower than 300 ms" in judged(slow, calm).why
    assert judged(slow, busy).call == Call.GOOD
    assert judged(slow).call == Call.GOOD, "there is nothing to compare with"


def test_jobs_that_fail_take_a_release_back() -> None:
    verdict = judged(Sight(failed=WELL, jobs=Tally(6, 5)), Sight(failed=WELL, jobs=Tally(50, 0)))

    assert verdict.call == Call.REVERT
    assert "failed jobs: 5 of 6" in verdict.why


@pytest.mark.parametrize(
    ("sight", "words"),
    [
        (Sight(failed=WELL, restarts=2), "its processes have ended 2 times unasked"),
        (Sight(failed=WELL, silent=("images",)), "no process of images answers"),
        (Sight(failed=WELL, probes=("/a.js answers 404",)), "/a.js answers 404"),
        (
            Sight(failed=WELL, growth_bytes={"auth": GROWTH_BYTES + 2**20}),
            "auth has grown by 97 MiB, 97 MiB more than the old release",
        ),
    ],
)
def test_what_needs_no_counting_is_told_at_once(sight: Sight, words: str) -> None:
    verdict = judged(sight)
    assert (verdict.call, verdict.why) == (Call.REVERT, words)


@pytest.mark.parametrize(
    "fields",
    [
        {"restarts": 1},
        {"growth_bytes": {"auth": GROWTH_BYTES / 2}},
    ],
)
def test_what_a_good_release_may_do_once_is_not_held_against_it(fields: dict[str, object]) -> None:
    assert judged(Sight(failed=WELL, **fields)).call == Call.GOOD  # type: ignore[arg-type]


def test_what_happens_to_both_is_not_held_against_the_new_one() -> None:
    both = Sight(
        failed=WELL, restarts=3, silent=("images",), growth_bytes={"auth": 2 * GROWTH_BYTES}
    )
    assert judged(both, both).call == Call.GOOD
