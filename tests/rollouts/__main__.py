"""`make rollouts`: ten bad builds and GOOD good ones, each as green, and a table of what happened.

python -m tests.rollouts [GOOD] [BUILD …]
"""

import os
import sys
from argparse import ArgumentParser

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "platform_site.settings.test_embedded")

from tests.rollouts.report import BAD, rolled_out
from tests.rollouts.site import two_colours
from tests.servers.postgresql import postgresql


def main() -> int:
    """Try each build; 1 when one of them ended otherwise than it should."""
    parser = ArgumentParser(description="Try bad and good releases on two colours that run.")
    parser.add_argument("good", type=int, nargs="?", default=20, help="how many good ones")
    parser.add_argument("builds", nargs="*", default=BAD, help=f"bad ones: {', '.join(BAD)}")
    asked = parser.parse_args()
    wrong = 0
    with postgresql() as url, two_colours(url) as site:
        for build in (*asked.builds, *["good"] * asked.good):
            one = rolled_out(site, build)
            site.green_stop()
            is_right = one.is_promoted == (build == "good") and one.budget_spent < 0.01
            wrong += not is_right
            words = (
                f"{'as it should be' if is_right else 'WRONG':<16}{build:<20}"
                f"{'promoted' if one.is_promoted else 'reverted'} {one.took_s:.0f} s after its "
                f"first traffic, {one.failed} of {one.requests} requests failed, "
                f"{one.budget_spent:.4%} of the budget: {one.why}"
            )
            print(words, flush=True)  # noqa: T201 - a runner's output is its purpose
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
