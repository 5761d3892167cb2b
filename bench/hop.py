"""The hop through the gateway: processor time of gateway and images for a read that passes both.

Another checkout can be measured beside this one, round by round, so that a busy machine slows both:
``python -m bench.hop --against PATH``, say of ``git worktree add PATH COMMIT``.
"""

import argparse
import json
import os
import platform as machine
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.cpu import cpu_seconds
from bench.load import load

ROOT: Final = Path(__file__).resolve().parent.parent
RESULTS: Final = ROOT / "var" / "bench" / "results" / "hop.json"
SERVED: Final = Path(__file__).with_name("hop_served.py")
SETTINGS: Final = "platform_site.settings.test_embedded"
"""Of the harness alone, which reads the names of the queues from them."""
STOP_S: Final = 60.0
WARM_S: Final = 1.0


@dataclass(frozen=True)
class Checkout:
    """A running platform: what to ask of it, and the process of each role that answers."""

    reads: Mapping[str, str]
    headers: Mapping[str, str]
    programs: Mapping[str, int]

    def cpu_ms(self, read: str, *, seconds: float) -> dict[str, float]:
        """Milliseconds of processor time of each role for one request of ``read``.

        Raises ``RuntimeError`` when an answer is not 200.
        """
        before = {role: cpu_seconds(pid) for role, pid in self.programs.items()}
        outcome = load(self.reads[read], self.headers, seconds=seconds)
        if outcome.refused:
            raise RuntimeError(f"{read} is refused.")
        after = {role: cpu_seconds(pid) for role, pid in self.programs.items()}
        return {role: 1000 * (after[role] - before[role]) / outcome.requests for role in after}


@contextmanager
def serving(directory: Path) -> Iterator[Checkout]:
    """The platform of the checkout in ``directory``, until the block ends."""
    process = subprocess.Popen(
        [sys.executable, "-P", SERVED],
        cwd=directory,
        env={**os.environ, "PYTHONPATH": str(directory), "DJANGO_SETTINGS_MODULE": SETTINGS},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        told = process.stdout.readline() if process.stdout else ""
        if not told:
            raise RuntimeError(f"The platform of {directory} did not start.")
        yield Checkout(**json.loads(told))
    finally:
        if process.stdin:
            process.stdin.close()
        process.wait(STOP_S)


def compare(checkouts: Mapping[str, Path], *, rounds: int, seconds: float) -> dict[str, Any]:
    """Every read of every checkout in turn, round after round; medians over the rounds."""
    start = time.monotonic()
    samples: dict[str, dict[str, list[dict[str, float]]]] = {}
    with ExitStack() as stack:
        running = {name: stack.enter_context(serving(at)) for name, at in checkouts.items()}
        for checkout in running.values():
            for read in checkout.reads:
                checkout.cpu_ms(read, seconds=WARM_S)
        for _ in range(rounds):
            for name, checkout in running.items():
                for read in checkout.reads:
                    taken = samples.setdefault(read, {}).setdefault(name, [])
                    taken.append(checkout.cpu_ms(read, seconds=seconds))
    return {
        "python": machine.python_version(),
        "rounds": rounds,
        "load_average": round(os.getloadavg()[1], 1),
        "reads": {
            read: {name: _medians(taken) for name, taken in by_name.items()}
            for read, by_name in samples.items()
        },
        "took_s": round(time.monotonic() - start, 1),
    }


def _medians(taken: list[dict[str, float]]) -> dict[str, float]:
    """Of each role, and of both together."""
    whole = [{**one, "both": sum(one.values())} for one in taken]
    return {role: round(statistics.median(one[role] for one in whole), 3) for role in whole[0]}


def show(report: Mapping[str, Any]) -> bool:
    """Print the comparison; True unless a read costs more than in the other checkout."""
    print(f"{'read':24} {'checkout':8} {'gateway':>8} {'images':>8} {'both':>8}")
    is_met = True
    for read, by_name in report["reads"].items():
        for name, row in by_name.items():
            numbers = " ".join(f"{row[role]:5.2f} ms" for role in ("gateway", "images", "both"))
            print(f"{read:24} {name:8} {numbers}")
        if "other" in by_name:
            ratio = by_name["this"]["both"] / by_name["other"]["both"]
            is_met = is_met and ratio <= 1
            print(f"{read:24} {'MORE' if ratio > 1 else 'less':8} {ratio:.2f} of the other's")
    print(f"took {report['took_s']} s at a load average of {report['load_average']}")
    return is_met


def main() -> int:
    """Take the options of the command line; 0 when no read costs more than in the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--against", type=Path, help="another checkout to measure beside this one")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each read")
    parser.add_argument("--seconds", type=float, default=1.5, help="of each turn")
    asked = parser.parse_args()
    checkouts = {"this": ROOT}
    if asked.against:
        checkouts["other"] = asked.against.resolve()
    report = compare(checkouts, rounds=asked.rounds, seconds=asked.seconds)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return 0 if show(report) else 1


if __name__ == "__main__":
    sys.exit(main())
