"""`make rollouts`: ten bad builds and GOOD good ones, each as green, and a table of what happened.

python -m tests.rollouts [GOOD] [BUILD …] [--minutes 90]
"""

import os
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "platform_site.settings.test_embedded")

from tests.rollouts.page import written
from tests.rollouts.report import BAD, Outcome, rolled_out
from tests.rollouts.site import TwoColours, two_colours
from tests.servers.postgresql import postgresql
from tests.servers.processes import ROOT


def main() -> int:
    """Try each build and write the page; 1 when one of them ended otherwise than it should."""
    parser = ArgumentParser(description="Try bad and good releases on two colours that run.")
    parser.add_argument("good", type=int, nargs="?", default=20, help="how many good ones")
    parser.add_argument("builds", nargs="*", default=BAD, help=f"bad ones: {', '.join(BAD)}")
    parser.add_argument("--minutes", type=float, default=90.0, help="no build begins after these")
    parser.add_argument("--report", type=Path, default=ROOT / "docs", help="directory of the page")
    asked = parser.parse_args()
    outcomes = []
    with postgresql() as url, two_colours(url) as site:
        until = time.monotonic() + asked.minutes * 60
        for one in tried(site, (*asked.builds, *["good"] * asked.good), until):
            outcomes.append(one)
            written(asked.report, [each.row for each in outcomes])
    return int(not all(one.is_right for one in outcomes))


def tried(site: TwoColours, builds: tuple[str, ...], until: float) -> Iterator[Outcome]:
    """The outcome of each, said as it comes; those that cannot begin in time are left out."""
    for number, build in enumerate(builds, start=1):
        if time.monotonic() > until:
            return
        one = rolled_out(site, build)
        site.green_stop()
        words = (
            f"{number:2}/{len(builds)}  {'as it should be' if one.is_right else 'WRONG':<16}"
            f"{build:<20}{'promoted' if one.is_promoted else 'reverted'} after {one.took_s:.0f} s "
            f"of traffic, {one.failed} of {one.requests} requests failed, "
            f"{one.budget_spent:.4%} of the budget: {one.why}"
        )
        print(words, flush=True)  # noqa: T201 - a runner's output is its purpose
        yield one


if __name__ == "__main__":
    sys.exit(main())
