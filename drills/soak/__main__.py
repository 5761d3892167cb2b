"""`make soak`: mixed traffic for a while, and whether anything grew.

python -m drills.soak [--minutes N] [--pause SECONDS]
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "platform_site.settings.test_embedded")
os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="soak-run-"))

from drills.client import Addresses
from drills.history import History
from drills.judge import Verdict, judge
from drills.load import Load
from drills.platform import DrillPlatform, drill_platform
from drills.soak.probes import of_database, of_folder, of_groups, of_metrics, of_redis
from drills.soak.report import Report, Samples
from drills.truth import truth_read

ROOT: Final = Path(__file__).resolve().parents[2]
READY_S: Final = 180.0
SAMPLES: Final = 240
"""Of a whole run, at most one a second."""


def main() -> int:
    """Run the soak; 1 when something grew, or something was wrong."""
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument(
        "--pause", type=float, default=0.2, help="seconds between two pictures of each person"
    )
    parser.add_argument("--report", type=Path, default=ROOT / "docs")
    options = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="soak-"))
    try:
        temporary = directory / "tmp"
        temporary.mkdir(mode=0o777)
        with drill_platform(directory, extra={"TMPDIR": str(temporary)}) as platform:
            report = _soak(platform, temporary, options.minutes, options.pause)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    report.write(options.report)
    print(report.text())
    return int(not report.is_good)


def _soak(platform: DrillPlatform, temporary: Path, minutes: float, pause_s: float) -> Report:
    _await_ready(platform)
    history = History(platform.directory / "history.jsonl")
    seconds = minutes * 60.0
    load = Load(
        Addresses.behind(platform.url),
        jobs=int(minutes * 600),
        history=history,
        seconds=seconds,
        people=4,
        pause_s=pause_s,
        read_pause_s=pause_s / 2.0,
        # Nothing that is measured may grow because there is more of it to keep.
        delete_every=1,
    ).start()
    samples = _sampled(platform, temporary, load, seconds)
    load.finish()
    load.wait()
    verdict: Verdict = judge(
        history, truth_read(platform.database.url(), platform.store, history.calls)
    )
    starts = {name: one.starts for name, one in platform.keeper.instances.items()}
    return Report(minutes, samples, verdict, restarted=[n for n, k in starts.items() if k > 1])


def _await_ready(platform: DrillPlatform) -> None:
    deadline = time.monotonic() + READY_S
    while not all(one.is_in_use() for one in platform.keeper.instances.values()):
        if time.monotonic() >= deadline:
            raise RuntimeError("the platform is not ready")
        time.sleep(0.5)


def _sampled(platform: DrillPlatform, temporary: Path, load: Load, seconds: float) -> Samples:
    samples: Samples = {}
    every_s = max(1.0, seconds / SAMPLES)
    began = said = time.monotonic()
    while time.monotonic() - began < seconds and not load.is_over:
        at = time.monotonic() - began
        for place, value in _looked(platform, temporary).items():
            samples.setdefault(place, []).append((at, value))
        if time.monotonic() - said >= 60.0:
            said = time.monotonic()
            print(
                f"  {at / 60:.0f} of {seconds / 60:.0f} minutes, {load.done} pictures", flush=True
            )
        time.sleep(max(0.0, every_s - (time.monotonic() - began - at)))
    return samples


def _looked(platform: DrillPlatform, temporary: Path) -> dict[tuple[str, str], float]:
    running = {n: i.pid for n, i in platform.keeper.instances.items() if i.is_running()}
    found = of_groups(running)
    found |= of_database(platform.database.url())
    found |= of_redis("redis-broker", platform.broker.admin_url)
    found |= of_redis("redis-cache", platform.cache.admin_url)
    found |= of_folder("all roles", temporary)
    for name, port in platform.metrics_ports.items():
        found |= of_metrics(name, port)
    return found


if __name__ == "__main__":
    status = main()
    shutil.rmtree(os.environ["XDG_RUNTIME_DIR"], ignore_errors=True)
    sys.exit(status)
