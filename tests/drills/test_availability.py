"""Figures of a report, from calls written by hand."""

from typing import Any

from drills.availability import failures, longest_silence_s, reads_share, recovery_s, requests_share
from drills.history import Call


def calls(*described: tuple[float, str, int | None, dict[str, Any]]) -> list[Call]:
    return [
        Call(number, 0, op, invoked_at=at, ended_at=at + 0.5, status=status, **known)
        for number, (at, op, status, known) in enumerate(described)
    ]


RUN = calls(
    (0.0, "read", 200, {}),
    (1.0, "upload", 202, {}),
    (2.0, "deliver", 404, {"code": "image_not_found"}),
    (10.0, "read", 503, {"code": "upstream_unavailable", "fault_phase": "during"}),
    (11.0, "read", None, {"error": "ReadTimeoutError", "fault_phase": "during"}),
    (12.0, "read", 401, {"code": "token_expired", "fault_phase": "during"}),
    (13.0, "deliver", 200, {"fault_phase": "during"}),
    (20.0, "upload", 429, {"code": "rate_limited", "fault_phase": "after"}),
    (23.0, "upload", 503, {"code": "storage_unavailable", "fault_phase": "after"}),
    (24.0, "list", None, {"fault_phase": "after"}),
    (25.0, "read", 304, {"fault_phase": "after"}),
)


def test_shares_count_each_try_by_phase() -> None:
    assert str(reads_share(RUN)) == "66.667 % of 6"
    assert [reads_share(RUN, phase).ratio for phase in ("before", "during", "after")] == [
        1,
        1 / 3,
        1,
    ]
    assert (requests_share(RUN, "after").well, requests_share(RUN, "after").all) == (1, 3)
    assert reads_share([]).ratio == 1.0


def test_failures_are_counted_by_kind() -> None:
    assert failures(RUN) == {
        "read 503 upstream_unavailable": 1,
        "read ReadTimeoutError": 1,
        "upload 429 rate_limited": 1,
        "upload 503 storage_unavailable": 1,
    }
    assert failures(RUN, "before") == {}


def test_recovery_is_the_moment_after_which_all_is_well() -> None:
    assert recovery_s(RUN, 20.0) == 3.0
    assert recovery_s(RUN, 30.0) is None, "nobody asked after that"
    assert recovery_s(RUN[:4], 5.0) is None, "nothing was well after the last failure"
    assert recovery_s(RUN[:3], 0.5) == 0.0


def test_the_longest_silence_is_between_two_good_answers() -> None:
    assert longest_silence_s(RUN) == 12.0
    assert longest_silence_s([]) == 0.0
