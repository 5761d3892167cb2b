"""What a soak says: a table for people and the same as JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from drills.judge import Verdict
from drills.soak.growth import Growth, Slope, slope_of
from drills.soak.probes import KINDS

Samples = dict[tuple[str, str], list[tuple[float, float]]]
"""By what is counted and where: seconds since the begin, and the value."""


@dataclass
class Report:
    """The outcome of a soak of so many minutes."""

    minutes: float
    samples: Samples
    verdict: Verdict
    restarted: Sequence[str] = ()
    slopes: Mapping[tuple[str, str], Slope] = field(init=False)

    def __post_init__(self) -> None:
        self.slopes = {
            (kind, place): slope_of(values, share=KINDS[kind].share, floor=KINDS[kind].floor)
            for (kind, place), values in sorted(self.samples.items())
        }

    @property
    def is_good(self) -> bool:
        """Whether all is flat, nothing ended, and the judge has found nothing."""
        is_flat = all(slope.growth == Growth.FLAT for slope in self.slopes.values())
        return is_flat and not self.restarted and self.verdict.is_good

    def text(self) -> str:
        """As Markdown."""
        lines = [
            "<!-- Made by `make soak`; the figures are in soak.json. -->",
            "# Soak",
            "",
            f"{self.minutes:g} minutes of mixed traffic on the platform of the drills:",
            f"{self.verdict.calls} calls, {self.verdict.uploads} pictures.",
            "The first third is warm-up and left out.",
            "",
            "The slope is by least squares over twelve means; ± is its 95 % interval. *Flat* is",
            "surely below the bound, *grows* surely above; *unclear* is neither, since the series",
            "is too noisy for a run of this length.",
            "",
            "| What | Where | Mean | In an hour | Bound | Verdict |",
            "|---|---|---|---|---|---|",
        ]
        for (kind, place), slope in self.slopes.items():
            unit = KINDS[kind].unit
            lines.append(
                f"| {kind} | {place} | {slope.mean:.1f} {unit} "
                f"| {slope.per_hour:+.1f} ± {slope.error:.1f} | {slope.bound:.1f} "
                f"| {_emphasis(slope.growth)} |"
            )
        ended = ", ".join(self.restarted) or "none"
        lines += ["", f"Programs that ended and were started again: {ended}.", "", "The judge:", ""]
        lines += [f"- {line}" for line in str(self.verdict).splitlines()]
        return "\n".join(lines) + "\n"

    def write(self, folder: Path) -> None:
        """``soak.md`` and ``soak.json`` in a folder."""
        figures = [
            {"what": kind, "where": place, **asdict(slope), "verdict": slope.growth.value}
            for (kind, place), slope in self.slopes.items()
        ]
        said = {
            "minutes": self.minutes,
            "calls": self.verdict.calls,
            "restarted": list(self.restarted),
            "judge": self.verdict.counts,
            "series": figures,
        }
        (folder / "soak.md").write_text(self.text())
        (folder / "soak.json").write_text(json.dumps(said, indent=1) + "\n")


def _emphasis(growth: Growth) -> str:
    return growth.value if growth == Growth.FLAT else f"**{growth.value}**"
