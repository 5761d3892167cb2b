"""What has been counted of two releases so far, and what it weighs against the new one. Pure.

Wald's sequential probability ratio test ("Sequential Tests of Statistical Hypotheses", 1945), which
may be asked after each request: a few failures at 1 % are enough, and looking often makes no false
alarm likelier. A slice of time is weighed by what the old release did in the same slice and the two
beside it, where that is worse than the budget: an outage of both is no fault of the release,
whatever its share was when it came, and however late one of the two was scraped.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

FALSE_ALARM: Final = 1e-3
"""How likely one test may call a release bad that is exactly as good as it has to be."""
MISSED: Final = 0.01
"""How likely one test may call a release good that is as bad as the bound."""
REVERT_AT: Final = math.log((1 - MISSED) / FALSE_ALARM)
ACCEPT_AT: Final = math.log(MISSED / (1 - FALSE_ALARM))
CERTAIN: Final = 0.98
FORGETTING: Final = 0.8


@dataclass(frozen=True, slots=True)
class Tally:
    """Events, and how many of them failed."""

    events: float = 0.0
    failures: float = 0.0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.events + other.events, self.failures + other.failures)

    def __str__(self) -> str:
        return f"{self.failures:.0f} of {self.events:.0f} ({self.share:.2%})"

    @property
    def share(self) -> float:
        """Failures among events; 0 of none."""
        return self.failures / self.events if self.events else 0.0

    @property
    def share_at_least(self) -> float:
        """The share that is no chance: the lower end of Wilson's interval of one deviation."""
        if not self.failures:
            return 0.0
        share, more = self.share, 1 / self.events
        spread = math.sqrt(max(0.0, share * (1 - share)) * more + more * more / 4)
        return max(0.0, share + more / 2 - spread) / (1 + more)


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What share of failures is in order, and how much more of them is not."""

    budget: float
    gap: float
    is_compared: bool = False
    """Whether it says something only beside the old release in the same slice."""

    def rates(self, seen: float) -> tuple[float, float]:
        """The rate that is in order where the old release has ``seen``, and one that is not."""
        good = min(max(self.budget, seen), CERTAIN - 0.01)
        return good, min(good + max(self.gap, good), CERTAIN)


def weight(new: Tally, seen: float, bound: Tolerance) -> float:
    """The logarithm of how much likelier ``new`` is of a bad release than of a good one.

    >>> errors = Tolerance(0.001, 0.009)
    >>> round(weight(Tally(100, 0), 0.0, errors), 2)
    -0.91
    >>> round(weight(Tally(100, 5), 0.0, errors), 2)
    10.65
    """
    good, bad = bound.rates(seen)
    failures = min(new.failures, new.events)
    return failures * math.log(bad / good) + (new.events - failures) * math.log(
        (1 - bad) / (1 - good)
    )


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One thing that is counted: all of it, and what its weighed part weighs."""

    new: Tally = field(default_factory=Tally)
    old: Tally = field(default_factory=Tally)
    weight: float = 0.0
    last: Tally = field(default_factory=Tally)
    """Of the new release in the last slice, which is weighed once the next one is known."""
    seen: tuple[float, float] = (0.0, 0.0)
    """The old release's share in the slice before the last, and in the last."""

    def grown(self, new: Tally, old: Tally, bound: Tolerance) -> "LedgerLine":
        """After another slice."""
        # With everybody at the new release, what the old one would do now is what it did of late.
        latest = old.share_at_least if old.events else self.seen[1] * FORGETTING
        settled = weight(self.last, max(*self.seen, latest), bound)
        last = new if old.events or not bound.is_compared else Tally()
        return LedgerLine(
            self.new + new,
            self.old + old,
            self.weight + settled,
            last,
            (self.seen[1], latest),
        )


@dataclass(frozen=True, slots=True)
class Ledger:
    """The lines by name, and the processes that ended unasked."""

    lines: Mapping[str, LedgerLine] = field(default_factory=dict)
    restarts: tuple[float, float] = (0.0, 0.0)
    """Of the new release, and of the old one."""

    def grown(
        self,
        slices: Mapping[str, tuple[Tally, Tally, Tolerance]],
        restarts: tuple[float, float] = (0.0, 0.0),
    ) -> "Ledger":
        """After another slice of time: by name, the new release, the old one, and the bound."""
        lines = dict(self.lines)
        for name, (new, old, bound) in slices.items():
            lines[name] = lines.get(name, LedgerLine()).grown(new, old, bound)
        ended = (self.restarts[0] + restarts[0], self.restarts[1] + restarts[1])
        return Ledger(lines, ended)

    def as_json(self) -> dict[str, Any]:
        """For keeping."""
        lines = {
            name: [
                *(line.new.events, line.new.failures, line.old.events, line.old.failures),
                *(line.weight, line.last.events, line.last.failures, *line.seen),
            ]
            for name, line in self.lines.items()
        }
        return {"lines": lines, "restarts": list(self.restarts)}

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Self:
        """What `as_json` gave."""
        lines = {
            name: LedgerLine(
                Tally(*numbers[:2]),
                Tally(*numbers[2:4]),
                numbers[4],
                Tally(*numbers[5:7]),
                (numbers[7], numbers[8]),
            )
            for name, numbers in kept.get("lines", {}).items()
        }
        new, old = kept.get("restarts", (0.0, 0.0))
        return cls(lines, (new, old))
