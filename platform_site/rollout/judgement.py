"""Whether the new release is worse than the old one at the same time. Pure: no clock, no network.

What can be counted is weighed in `platform_site.rollout.ledger`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from platform_site.rollout.ledger import ACCEPT_AT, REVERT_AT, Ledger, LedgerLine, Tally, Tolerance

RESTARTS: Final = 2
"""One process may be ended by the cluster; a second one of a release that is minutes old is not."""
GROWTH_BYTES: Final = 96 * 2**20
"""What a role may grow by after it has been warmed up, beyond what the old release grows by."""
ERRORS: Final = Tolerance(budget=0.001, gap=0.009)
"""Ten times the budget: at this pace the month's would be gone in three days."""
SLOWNESS: Final = Tolerance(budget=0.05, gap=0.25, is_compared=True)
JOBS: Final = Tolerance(budget=0.02, gap=0.3)
FAILED_JOBS: Final = "failed jobs"
ALL_ERRORS: Final = "errors of all"
"""A release is not good before this is known to be in order."""


class Call(StrEnum):
    """What is to be done about a release."""

    REVERT = "revert"
    GOOD = "good"
    UNKNOWN = "unknown"
    """Neither: there was too little of it yet."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What was seen of one colour in a slice of time."""

    failed: Mapping[str, Tally] = field(default_factory=dict)
    """Requests by role; failures as the objective of availability counts them."""
    slow: Mapping[tuple[str, str], Tally] = field(default_factory=dict)
    """Requests that the objective of latency counts, by role and bound in seconds."""
    jobs: Tally = field(default_factory=Tally)
    restarts: float = 0.0
    """Processes that ended though nobody asked them to."""
    silent: tuple[str, ...] = ()
    """Roles of which nothing answers Prometheus now."""
    growth_bytes: Mapping[str, float] = field(default_factory=dict)
    """By role, the memory that any of its instances has grown by since the first traffic."""
    probes: tuple[str, ...] = ()
    """What the release's own pages failed at when they were looked at, in words."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    call: Call
    words: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The call, and every finding with it."""

    call: Call
    findings: tuple[Finding, ...]

    @property
    def why(self) -> str:
        """What was found against the release; what is not known yet where nothing was."""
        return "; ".join(item.words for item in self.findings if item.call == self.call)


def entered(ledger: Ledger, new: Sight, old: Sight) -> Ledger:
    """The ledger after a slice of time in which both were seen."""
    slices = {
        f"errors of {role}": (tally, old.failed.get(role, Tally()), ERRORS)
        for role, tally in new.failed.items()
    }
    whole = [sum(one.failed.values(), Tally()) for one in (new, old)]
    slices[ALL_ERRORS] = (whole[0], whole[1], ERRORS)
    for (role, bound), tally in new.slow.items():
        name = f"{role} slower than {float(bound) * 1000:.0f} ms"
        slices[name] = (tally, old.slow.get((role, bound), Tally()), SLOWNESS)
    slices[FAILED_JOBS] = (new.jobs, old.jobs, JOBS)
    # What has gone silent is weighed as far as it was seen.
    for name in ledger.lines.keys() - slices.keys():
        slices[name] = (Tally(), Tally(), SLOWNESS if " slower than " in name else ERRORS)
    return ledger.grown(slices, (new.restarts, old.restarts))


def judge(ledger: Ledger, new: Sight, old: Sight) -> Verdict:
    """What is to be done about a release, by all that was counted and what is seen now."""
    weighed = (_weighed(name, line) for name, line in ledger.lines.items())
    findings = (*_certain(ledger, new, old), *weighed)
    calls = {item.call for item in findings}
    if ALL_ERRORS not in ledger.lines:
        calls.add(Call.UNKNOWN)
    for call in (Call.REVERT, Call.UNKNOWN):
        if call in calls:
            return Verdict(call, findings)
    return Verdict(Call.GOOD, findings)


def _certain(ledger: Ledger, new: Sight, old: Sight) -> Iterator[Finding]:
    """What needs no statistics."""
    for words in new.probes:
        yield Finding(Call.REVERT, words)
    ended, ended_before = ledger.restarts
    if ended >= RESTARTS and ended > ended_before:
        yield Finding(Call.REVERT, f"its processes have ended {ended:.0f} times unasked")
    for role in new.silent:
        if role not in old.silent:
            yield Finding(Call.REVERT, f"no process of {role} answers")
    for role, grown in new.growth_bytes.items():
        beyond = grown - max(0.0, old.growth_bytes.get(role, 0.0))
        if beyond > GROWTH_BYTES:
            yield Finding(
                Call.REVERT,
                f"{role} has grown by {grown / 2**20:.0f} MiB, "
                f"{beyond / 2**20:.0f} MiB more than the old release",
            )


def _weighed(name: str, line: LedgerLine) -> Finding:
    call = Call.GOOD
    if line.weight >= REVERT_AT:
        call = Call.REVERT
    elif name == ALL_ERRORS and line.weight > ACCEPT_AT:
        call = Call.UNKNOWN
    return Finding(call, f"{name}: {line.new}, the old release {line.old}")
