"""The statistics of a soak, and a leak that is planted in a real process."""

import random
import subprocess
import sys

import pytest

from drills.soak.growth import Growth, slope_of
from drills.soak.probes import memory_mb, open_files

PROCESS = """
import sys
kept = []
print("ready", flush=True)
for line in sys.stdin:
    if {leaks}:
        kept.append(bytearray(b"x" * 200_000))
        kept.append(open("/dev/null"))
    print("done", flush=True)
"""


@pytest.mark.parametrize(
    ("per_hour", "noise", "verdict"),
    [
        (0.0, 0.0, Growth.FLAT),
        (0.0, 1.0, Growth.FLAT),
        (5.0, 1.0, Growth.FLAT),
        (200.0, 1.0, Growth.GROWS),
        (-50.0, 1.0, Growth.FLAT),
        (5.0, 60.0, Growth.UNCLEAR),
    ],
)
def test_a_slope_is_told_from_noise(per_hour: float, noise: float, verdict: Growth) -> None:
    drawn = random.Random(7)
    samples = [
        (float(at), 100.0 + per_hour * at / 3600 + drawn.gauss(0, noise))
        for at in range(0, 1200, 5)
    ]
    slope = slope_of(samples, share=0.2, floor=10.0)
    assert slope.growth == verdict
    assert abs(slope.per_hour - per_hour) <= 2 * slope.error + 1e-6
    assert slope.bound == pytest.approx(0.2 * slope.mean)


def test_the_warm_up_is_left_out() -> None:
    samples = [(float(at), min(100.0, at / 3)) for at in range(0, 1200, 5)]
    assert slope_of(samples, share=0.1, floor=1.0).growth == Growth.FLAT


def test_a_run_that_is_too_short_is_refused() -> None:
    with pytest.raises(ValueError, match="too few"):
        slope_of([(float(at), 1.0) for at in range(10)], share=0.1, floor=1.0)


@pytest.mark.parametrize("leaks", [False, True])
def test_a_planted_leak_is_found(leaks: bool) -> None:  # noqa: FBT001 - a parameter
    command = [sys.executable, "-c", PROCESS.format(leaks=leaks)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        memory, files = [], []
        for minute in range(60):  # each step stands for a minute: no clock is in this test
            print("on", file=process.stdin, flush=True)
            process.stdout.readline()
            memory.append((minute * 60.0, memory_mb([process.pid])))
            files.append((minute * 60.0, float(open_files([process.pid]))))
        process.stdin.close()
    expected = Growth.GROWS if leaks else Growth.FLAT
    assert slope_of(memory, share=0.1, floor=2.0).growth == expected
    assert slope_of(files, share=0.1, floor=6.0).growth == expected
