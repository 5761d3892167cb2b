"""docs/drills.md and docs/drills.json: what came of each drill when it was last run."""

import json
from pathlib import Path
from typing import Final

from drills.outcome import Outcome
from drills.pace import PACE

HEAD: Final = f"""<!-- Made by `make drills`; the figures are in drills.json. -->
# Drills

Each drill breaks one thing on purpose while people use the platform, and a judge compares what
they were told with what is there in the end ([how they run](adr/0100-drills.md)). `make drills`
runs all of them, `make drills ONLY=name` some, `JOBS=1000` at full length. They run on one
machine, on real processes: two of each role under gunicorn, two workers, a scheduler, nginx,
PostgreSQL, two Redis, an S3 server, Prometheus and Alertmanager with the house's rules.

What must hold in each: nothing that was acknowledged is lost, done twice or has other bytes; every
answer is a documented one; nobody puts anything right by hand; requests are answered again within
30 s after the fault is over; at least 99.9 % of reads are answered wherever one instance of each
role lives; the right alert rings in time, and everything is silent in the end.

*Detected* is when the first alert of that name was delivered, from the beginning of the fault. The
alerting of a drill runs {PACE} times as fast as a cluster's: every wait and range of a rule is
divided by {PACE}, what it compares is not. Beside the seconds that were measured stand the minutes
that it would take in a cluster; so five seconds without a worker ring as two and a half minutes do.
*Recovered* is how long after the fault was over requests were made that failed.

A drill without a row has not been run since its figures were last thrown away; all are named by
`make drills ARGS=--list`. The number of jobs says which run it was: 1000 is the full one.

"""
COLUMNS: Final = (
    "Drill", "Held", "Jobs", "Requests", "Failed", "Lost", "Doubled", "Wrong bytes",
    "Reads answered", "Fault", "Detected", "Recovered", "Silent", "Run",
)  # fmt: skip


class Report:
    """The page and the figures in a directory of documents; what was not run stays as it was."""

    def __init__(self, directory: Path) -> None:
        self.page = directory / "drills.md"
        self.figures = directory / "drills.json"

    def add(self, outcome: Outcome) -> None:
        """Put the outcome in the place of the last one of its name."""
        rows = {one["name"]: one for one in self._rows()}
        rows[outcome.name] = outcome.as_json()
        ordered = [rows[name] for name in sorted(rows)]
        self.figures.write_text(json.dumps(ordered, indent=1, ensure_ascii=False) + "\n")
        self.page.write_text(page([Outcome.of_json(row) for row in ordered]))

    def _rows(self) -> list[dict[str, str]]:
        if not self.figures.exists():
            return []
        rows: list[dict[str, str]] = json.loads(self.figures.read_text())
        return rows

    @staticmethod
    def line(outcome: Outcome) -> str:
        """What a person who has waited for it reads."""
        mark = "held" if outcome.is_good else "DID NOT HOLD"
        rang = ", ".join(f"{name} after {s} s" for name, s in outcome.detected.items())
        words = (
            f"  {mark}: {outcome.requests} requests, {sum(outcome.failures.values())} failed, "
            f"{outcome.done}/{outcome.jobs} jobs, {outcome.lost} lost, {outcome.doubled} doubled, "
            f"{outcome.wrong} wrong; recovered in {outcome.recovered_s} s; "
            f"rang: {rang or 'nothing'}; took {outcome.took_s:.0f} s"
        )
        return "\n".join([words, *(f"    - {one}" for one in outcome.broken)])


def page(outcomes: list[Outcome]) -> str:
    """The whole page."""
    table = [
        f"| {' | '.join(COLUMNS)} |",
        f"|{'---|' * len(COLUMNS)}",
        *(_row(outcome) for outcome in outcomes),
    ]
    return HEAD + "\n".join(table) + "\n\n" + "\n".join(map(_section, outcomes))


def _row(outcome: Outcome) -> str:
    answered = 1 - outcome.reads_failed / max(1, outcome.reads)
    cells = (
        f"[{outcome.name}](#{outcome.name})",
        "yes" if outcome.is_good else "**no**",
        f"{outcome.done} of {outcome.jobs}",
        str(outcome.requests),
        str(sum(outcome.failures.values())),
        str(outcome.lost),
        str(outcome.doubled),
        str(outcome.wrong),
        f"{answered:.2%}",
        f"{outcome.fault_s} s",
        "; ".join(f"{name} {s} s" for name, s in outcome.detected.items()) or "nothing rang",
        "never" if outcome.recovered_s is None else f"{outcome.recovered_s} s",
        "never" if outcome.silent_s is None else f"{outcome.silent_s} s",
        outcome.ran_at,
    )
    return f"| {' | '.join(cells)} |"


def _section(outcome: Outcome) -> str:
    failures = ", ".join(f"{number} times {kind}" for kind, number in outcome.failures.items())
    detected = ", ".join(
        f"{name} after {s} s ({s * PACE / 60:.1f} minutes of a cluster)"
        for name, s in outcome.detected.items()
    )
    lines = [
        f"## {outcome.name}\n",
        f"{outcome.hypothesis}\n",
        f"- Requests that failed: {failures or 'none'}.",
        f"- Alerts: {detected or 'none'}.",
        *(f"- Did not hold: {words}." for words in outcome.broken),
    ]
    return "\n".join(lines) + "\n"
