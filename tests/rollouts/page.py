"""The page and the figures of a run: docs/rollouts.md and docs/rollouts.json."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

Row = Mapping[str, Any]
ABOUT: Final[Mapping[str, str]] = {
    "errors-1": "one request of a hundred fails",
    "slow": "each request takes 300 ms more",
    "leak": "each request keeps 2 MB",
    "crash-loop": "each fifth request ends its process",
    "job": "every job of the new worker fails",
    "migration": "a migration that was not applied",
    "wrong-configuration": "the database's address is wrong",
    "missing-secret": "auth lacks its signing keys",
    "slow-start": "no role is up within ten minutes",
    "static-files": "a file that the page names is not there",
    "good": "the release as it is",
}
HEAD: Final = """<!-- Made by `make rollouts`; the figures are in rollouts.json. -->
# Roll-outs that were tried

Bad releases on purpose, and good ones, each rolled out by `manage.py rollout` on real processes:
two colours of the roles under gunicorn, a worker and an nginx each, PostgreSQL, two Redis, an S3
server and a Prometheus with the house's rules, while people read and upload, thirty requests a
second on one machine. The steps wait a fifth of what a cluster's do (`--pace=0.2`), and Prometheus
looks every second.

A bad build *held* when it was taken back within 120 s of its first traffic, for less than 1 % of
the failures that a month allows at this rate, and nobody met it afterwards; a good one, when
everybody had it in the end. *Traffic* is from the first person who was sent there to the end; 0
where it was found before anybody was.

"""
BUSY: Final = re.compile(r"http://[\d.:]+|/tmp/\S+")


def written(directory: Path, rows: Sequence[Row]) -> None:
    """Write both files anew."""
    at = f"{datetime.now(UTC):%Y-%m-%d %H:%M}"
    document = {"at": at, "rows": list(rows)}
    (directory / "rollouts.json").write_text(json.dumps(document, indent=1) + "\n")
    (directory / "rollouts.md").write_text(page(at, rows))


def page(at: str, rows: Sequence[Row]) -> str:
    """The page: a table of the bad builds, a line about the good ones, and why each went back."""
    bad = [row for row in rows if row["build"] != "good"]
    good = [row for row in rows if row["build"] == "good"]
    lines = [
        "| Build | | Held | Traffic | Largest share | Failed requests | Of the month's budget |",
        "|---|---|---|---|---|---|---|",
        *(_line(row) for row in bad),
    ]
    said = [f"- `{row['build']}`: {BUSY.sub('…', row['why'])}" for row in bad]
    return "\n".join(
        [
            HEAD + f"Run of {at} (UTC).\n",
            *lines,
            "",
            _good_ones(good),
            "",
            "Why each bad one was taken back, in the command's words:",
            "",
            *said,
            "",
        ]
    )


def _good_ones(good: Sequence[Row]) -> str:
    total = {name: sum(row[name] for row in good) for name in ("promoted", "failed", "requests")}
    return (
        f"Good ones: {total['promoted']} of {len(good)} have everybody, "
        f"{total['failed']} of {total['requests']} requests failed meanwhile."
    )


def _line(row: Row) -> str:
    return (
        f"| {row['build']} | {ABOUT.get(row['build'], '')} | {'yes' if row['held'] else 'NO'} "
        f"| {row['seconds_of_traffic']:.0f} s | {row['largest_share']} % "
        f"| {row['failed']} of {row['requests']} | {row['budget_spent']:.4%} |"
    )
