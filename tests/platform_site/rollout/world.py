"""A platform of two colours in simulated time: people, what they meet, a Prometheus that lags."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from platform_site.rollout.preflight import Colour, Probe
from platform_site.rollout.prometheus import NoAnswer, Sample

LAG_S: Final = 10
"""A scrape of five seconds and a rule of five."""
MONTH_S: Final = 30 * 86_400
Counts = Counter[tuple[str, ...]]


@dataclass(frozen=True)
class Build:
    """How a release behaves: shares of its requests, by the second of its life with traffic."""

    errors: float = 0.0003
    slow: float = 0.02
    job_failures: float = 0.01
    crashes: float = 0.0
    """Of requests, those that end a process."""
    bytes_each: float = 0.0
    """Memory that each request keeps."""
    is_silent: bool = False
    refusals: tuple[str, ...] = ()
    """What is found before any traffic."""
    pages: Callable[[float], tuple[str, ...]] = lambda _: ()


GOOD: Final = Build()


@dataclass
class World:
    """Runs as long as somebody sleeps in it."""

    new: Build
    seed: int
    per_s: float = 50.0
    outage: range = range(0)
    """Seconds in which both colours fail at every fifth request."""
    prometheus_gone: range = range(0)
    now: float = 1_000_000.0
    share: int = 0
    kept: dict[str, Any] | None = None
    seen: list[tuple[float, Counts]] = field(default_factory=list)
    counts: Counts = field(default_factory=Counter)
    memory: dict[str, float] = field(default_factory=lambda: {"blue": 2e8, "green": 2e8})
    failed_people: int = 0
    first_traffic: float = 0.0

    def __post_init__(self) -> None:
        self.random = np.random.default_rng(self.seed)
        self.began = self.now
        self.seen.append((self.now, Counter(self.counts)))

    # What a roll-out needs of the world around it.

    def prepare(self, colour: str) -> None:
        """Nothing has to be made ready here."""

    def share_set(self, colour: str, share: int) -> None:
        assert colour == "green"
        if share and not self.first_traffic:
            self.first_traffic = self.now
        self.share = share

    def remember(self, kept: dict[str, Any]) -> None:
        self.kept = kept

    def remembered(self) -> dict[str, Any] | None:
        return self.kept

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        for _ in range(round(seconds)):
            self._second()

    def query(self, expression: str, *, at: float) -> list[Sample]:
        if round(self.now - self.began) in self.prometheus_gone:
            raise NoAnswer("Prometheus is away")
        if "up{" in expression:
            return [
                Sample(
                    {"colour": colour, "job": role},
                    float(not (colour == "green" and self.new.is_silent)),
                )
                for colour in ("blue", "green")
                for role in ("auth", "gateway", "images")
            ]
        if "platform_memory_bytes" in expression:
            return [
                Sample({"colour": colour, "role": "images"}, self.memory[colour] - 2e8)
                for colour in self.memory
            ]
        began_at = float(expression.partition("@ ")[2].partition(")")[0])
        series = next(name for name in SERIES if name in expression)
        grown = self._seen(at)
        grown.subtract(self._seen(began_at))
        return list(SERIES[series](grown))

    # People.

    def _second(self) -> None:
        self.now += 1
        number = int(self.random.poisson(self.per_s))
        of_new = int(self.random.binomial(number, self.share / 100))
        self._answered("green", self.new, of_new)
        self._answered("blue", GOOD, number - of_new)
        self.seen.append((self.now, Counter(self.counts)))

    def _answered(self, colour: str, build: Build, requests: int) -> None:
        def of(number: int, share: float) -> int:
            return int(self.random.binomial(number, min(share, 1.0))) if number else 0

        fails = 0.2 if round(self.now - self.began) in self.outage else 0.0
        jobs = of(requests, 0.05)
        seen = {
            "requests": requests,
            "failures": of(requests, build.errors + fails),
            "slow": of(requests, build.slow + fails),
            "starts": of(requests, build.crashes),
            "jobs": jobs,
            "broken": of(jobs, build.job_failures),
        }
        self.counts.update({(name, colour): number for name, number in seen.items()})
        self.failed_people += seen["failures"] + seen["starts"] + seen["broken"]
        self.memory[colour] += build.bytes_each * requests

    def _seen(self, at: float) -> Counts:
        index = round(at - self.began) - round(at) * 7 % (LAG_S + 1)
        return Counter(self.seen[max(0, min(index, len(self.seen) - 1))][1])

    @property
    def budget_spent(self) -> float:
        """The share of a month's budget of failures that is gone."""
        return self.failed_people / (0.001 * self.per_s * MONTH_S)


class SimulatedProbe(Probe):
    """Finds what the build has to be found, and takes a minute for it."""

    def __init__(self, world: World) -> None:
        super().__init__(Colour(""))
        self._world = world

    def refusals(self, **_patience: float) -> Iterator[str]:
        self._world.sleep(60)
        yield from self._world.new.refusals

    def pages(self) -> Iterator[str]:
        yield from self._world.new.pages(self._world.now)


def _colours(name: str, **labels: str) -> Callable[[Counts], Iterator[Sample]]:
    def samples(grown: Counts) -> Iterator[Sample]:
        for colour in ("blue", "green"):
            yield Sample({"colour": colour, **labels}, float(grown[(name, colour)]))

    return samples


def _within(grown: Counts) -> Iterator[Sample]:
    for colour in ("blue", "green"):
        fast = grown[("requests", colour)] - grown[("slow", colour)]
        for le in ("0.1", "0.3"):
            yield Sample({"colour": colour, "role": "gateway", "le": le}, float(fast))


def _jobs(grown: Counts) -> Iterator[Sample]:
    for colour in ("blue", "green"):
        whole = grown[("jobs", colour)]
        yield Sample(
            {"colour": colour, "outcome": "succeeded"}, float(whole - grown[("broken", colour)])
        )
        yield Sample({"colour": colour, "outcome": "failed"}, float(grown[("broken", colour)]))


SERIES: Final[dict[str, Callable[[Counts], Iterator[Sample]]]] = {
    "colour:requests:total": _colours("requests", role="gateway"),
    "colour:failures:total": _colours("failures", role="gateway"),
    "colour:timed:total": _colours("requests", role="gateway"),
    "colour:within:total": _within,
    "images_jobs_total": _jobs,
    "celery_tasks_total": lambda _: iter(()),
    "colour:process_starts:total": _colours("starts"),
}
