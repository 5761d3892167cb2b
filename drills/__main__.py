"""`make drills`: break the platform on purpose, under load, and report what came of it.

python -m drills [--only NAME,…] [--jobs N] [--list]
"""

import argparse
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Final

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "platform_site.settings.test_embedded")
# A library that the database server comes with looks for it when it is imported.
os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="drills-run-"))

from drills.drill import Drill, drills
from drills.outcome import Outcome
from drills.report import Report
from drills.run import Size, size_of
from drills.stage import DrillStage

ROOT: Final = Path(__file__).resolve().parents[1]
KEPT: Final = ROOT / "var" / "drills"
JOBS: Final = 60


def main() -> int:
    """Run what is asked for; 1 when anything did not hold."""
    options = _options()
    known = drills()
    chosen = [name for name in options.only.split(",") if name] or list(known)
    if unknown := [name for name in chosen if name not in known]:
        _say(f"There is no drill {', '.join(unknown)}. There are: {', '.join(known)}.")
        return 2
    if options.list:
        for name in chosen:
            _say(f"{name}\n    {known[name].hypothesis}")
        return 0
    return _run({name: known[name] for name in chosen}, size_of(options.jobs))


def _run(chosen: Mapping[str, Drill], size: Size) -> int:
    report, began, held = Report(ROOT / "docs"), time.monotonic(), 0
    left_out, stage = [], DrillStage(_say, KEPT)
    # Those that can share a platform follow each other; what spoils one comes last.
    order = sorted(chosen.items(), key=lambda one: (str(one[1].stage), one[1].spoils))
    for number, (name, drill) in enumerate(order, 1):
        _say(f"[{number}/{len(chosen)}] {name}: {drill.hypothesis}")
        if lacks := drill.lacks():
            _say(f"  left out: this machine has no {', '.join(lacks)}")
            left_out.append(name)
            continue
        try:
            outcome = stage.run(name, drill, size)
        except Exception as exc:  # noqa: BLE001 - one that breaks off does not end the others
            traceback.print_exc()
            outcome = Outcome(name, drill.hypothesis, broken=[f"it broke off: {exc!r}"[:500]])
        report.add(outcome)
        held += outcome.is_good
        _say(Report.line(outcome))
    stage.end()
    took_s = time.monotonic() - began
    _say(f"{held} of {len(chosen)} drills held, {len(left_out)} were left out, in {took_s:.0f} s")
    _say(f"report: {report.page.relative_to(ROOT)}; what each left: {KEPT.relative_to(ROOT)}")
    return int(held + len(left_out) < len(chosen))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make drills")
    parser.add_argument("--only", default="", help="names of drills, by comma; else all")
    parser.add_argument(
        "--jobs", type=int, default=JOBS, help="pictures that are published in each"
    )
    parser.add_argument("--list", action="store_true", help="say which there are, and run none")
    return parser.parse_args()


def _say(words: str) -> None:
    print(words, flush=True)


if __name__ == "__main__":
    sys.exit(main())
