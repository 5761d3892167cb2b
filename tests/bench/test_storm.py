"""The row of renewals in a storm of sign-ins, and what is held of it."""

from bench.load import Outcome
from bench.storm import LEAST_SHARE, Storm, storm_row, storm_verdicts


def outcome(requests: int, *, refused: int = 0, p95_ms: float = 10.0) -> Outcome:
    return Outcome(requests, refused, seconds=2.0, latency_ms=5.0, p95_ms=p95_ms)


def row(*, within: int, refused: int = 0) -> dict[str, object]:
    return storm_row(
        [
            Storm(
                alone=outcome(1000, p95_ms=20.0),
                within=outcome(within, refused=refused, p95_ms=80.0),
                sign_ins=outcome(1000, refused=960),
            )
        ]
    )


def test_renewals_are_told_as_a_share_of_those_alone() -> None:
    found = row(within=250)
    one = {"least": 0.25, "median": 0.25, "most": 0.25}
    assert found["share"] == one
    assert found["sign_ins_per_s"] == {"least": 20, "median": 20, "most": 20}
    assert found["refused_per_s"] == {"least": 480, "median": 480, "most": 480}
    assert (found["requests"], found["refused"]) == (250, 0)


def test_a_refused_renewal_or_too_few_of_them_miss_the_target() -> None:
    enough = int(1000 * LEAST_SHARE)
    assert [one.met for one in storm_verdicts(row(within=enough))] == [True, True]
    assert [one.met for one in storm_verdicts(row(within=enough, refused=1))] == [False, True]
    assert [one.met for one in storm_verdicts(row(within=enough // 2))] == [True, False]
