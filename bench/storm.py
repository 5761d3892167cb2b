"""Renewals in a storm of sign-ins, beside the same renewals alone: whether it starves them."""

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

from bench.load import Outcome
from bench.reads import Cores, loaded
from bench.served import Read, Served
from bench.spread import ratios, spread
from bench.verdict import Verdict

SIGN_INS: Final = 20
"""Clients that sign in at once, and again as soon as they are answered.

As many as two processes let compute a hash or wait for one. Others would be told to come back in a
second.
"""
REFRESHES: Final = 8
"""Clients that renew their sessions meanwhile."""
RISE_S: Final = 1.0
"""For the storm to take every place that there is for a hash and for those who wait for one."""
LEAST_SHARE: Final = 0.1
"""Of the rate alone: four hashes at once leave the two interpreters a third of the core."""


@dataclass(frozen=True)
class Storm:
    """One round: renewals alone and in the storm, and the sign-ins that make it up."""

    alone: Outcome
    within: Outcome
    sign_ins: Outcome


def storm(now: Served, sign_in: Read, *, seconds: float, cores: Cores) -> Storm:
    """Renew for ``seconds`` alone, then as long in the storm, in which many are refused as busy."""
    alone = loaded(now.refresh(REFRESHES), REFRESHES, seconds, cores)
    read = now.refresh(REFRESHES)  # before the storm: their sign-ins are not what is measured
    with ThreadPoolExecutor(1) as beside:
        lasts_s = RISE_S + 2 * seconds
        raging = beside.submit(loaded, sign_in, SIGN_INS, lasts_s, cores)
        time.sleep(RISE_S)
        within = loaded(read, REFRESHES, seconds, cores)
        if raging.done():
            raise RuntimeError("The storm was over before the renewals were.")
        return Storm(alone, within, raging.result())


def storm_row(rounds: Sequence[Storm]) -> dict[str, Any]:
    """What the rounds say: rates by the second, times in milliseconds."""
    within, alone = [one.within for one in rounds], [one.alone for one in rounds]
    sign_ins = [one.sign_ins for one in rounds]
    return {
        "share": ratios([rate(one) for one in within], [rate(one) for one in alone]),
        "per_s": spread([rate(one) for one in within], 0),
        "alone_per_s": spread([rate(one) for one in alone], 0),
        "p95_ms": spread([one.p95_ms for one in within], 0),
        "alone_p95_ms": spread([one.p95_ms for one in alone], 0),
        "requests": sum(one.requests for one in within),
        "refused": sum(one.refused for one in within),
        "sign_ins_per_s": spread([rate(one) - refusals(one) for one in sign_ins], 0),
        "refused_per_s": spread([refusals(one) for one in sign_ins], 0),
    }


def rate(one: Outcome) -> float:
    """Answers a second."""
    return one.requests / one.seconds


def refusals(one: Outcome) -> float:
    """Refusals a second."""
    return one.refused / one.seconds


def storm_verdicts(row: Mapping[str, Any]) -> list[Verdict]:
    """Whether every renewal is answered, and often enough."""
    share = row["share"]["median"]
    return [
        Verdict(
            "refreshes in a storm of sign-ins: refused", "0", f"{row['refused']:,}",
            row["refused"] == 0,
        ),
        Verdict(
            "refreshes in a storm of sign-ins: of their rate alone", f"≥ {LEAST_SHARE} ×",
            f"{share:.2f} ×", share >= LEAST_SHARE,
        ),
    ]  # fmt: skip
