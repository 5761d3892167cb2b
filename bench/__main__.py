"""All benchmarks, or those named, one after the other, and a table of how they ended.

Each part is a process of its own that stops by itself; one that does not is ended. With ``QUICK=1``
the parts that can be short are, in three minutes, and the numbers of the pages stay.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bench import reports

ROOT: Final = Path(__file__).resolve().parent.parent
PARTS: Final = {
    "core": "the pure core beside naive Pillow and libvips",
    "encoders": "our files beside sharp's, at the same likeness",
    "reads": "every read of every service beside Express, stock DRF and nginx",
    "accounts": "sign-ins, tokens and renewals of one core, beside stock DRF and simplejwt",
    "pipeline": "pictures through the product beside imgproxy, thumbor and sharp",
    "worker": "the worker beside the pure core",
    "latency": "upload to first rendition",
    "delivery": "bytes by signed address",
    "growth": "lists, searches and the status at a thousand and at a million images",
}
QUICK: Final = ("reads", "pipeline")
"""What a quick run keeps of them."""
TOOLS: Final = {
    "report": "the pages of what was measured",
    "probe": "processor time of one read, by part",
    "hop": "the gateway on the way to images, beside another checkout",
    "backup": "a platform saved, saved again unchanged, and restored",
}
"""What runs only when it is named; the report also at the end of all parts."""
SETTINGS: Final = {"DJANGO_SETTINGS_MODULE": "platform_site.settings.test_embedded"}
"""Of the harness alone, which reads the names of queues and users from them; a role has its own."""
BUDGET_S: Final = 600.0
STOP_S: Final = 40.0
OUTCOMES: Final = {0: "every target met", 1: "a target is not met, or it broke"}


def part_run(name: str, options: Sequence[str]) -> str:
    """Run the part named ``name`` to its end; how it ended, in words."""
    print(f"\n{name}: {({**PARTS, **TOOLS})[name]}\n", flush=True)
    command = [sys.executable, "-m", f"bench.{name}", *options]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **SETTINGS})
    try:
        code = process.wait(BUDGET_S)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)  # so that it ends the servers that it has started
        process.wait(STOP_S)
        return f"ended after {BUDGET_S:.0f} s"
    return OUTCOMES.get(code, f"ended with status {code}")


def main() -> int:
    """Run what is asked for; 0 when every target of every part is met."""
    if sys.argv[1:2] and sys.argv[1] in TOOLS:
        return 0 if part_run(sys.argv[1], sys.argv[2:]) == OUTCOMES[0] else 1
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    names = f"{', '.join(PARTS)}; and by name only {', '.join(TOOLS)}"
    parser.add_argument("parts", nargs="*", metavar="part", help=f"{names}; options follow one")
    known, options = parser.parse_known_args()
    asked = known.parts or (QUICK if reports.is_quick() else tuple(PARTS))
    if options and len(asked) != 1:
        parser.error(f"{' '.join(options)} is for one part: name it")
    if unknown := set(asked) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    rows = []
    for name in asked:
        started = time.monotonic()
        rows.append((name, part_run(name, options), time.monotonic() - started))
    if not known.parts:
        part_run("report", ())
    print(f"\n{'part':10} {'took':>6}  outcome")
    for name, outcome, seconds in rows:
        print(f"{name:10} {seconds:4.0f} s  {outcome}")
    return 0 if all(outcome == OUTCOMES[0] for _, outcome, _ in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
