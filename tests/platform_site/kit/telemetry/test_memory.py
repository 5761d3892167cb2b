"""The memory of a role is that of all its processes."""

import os
import subprocess
import sys

import pytest

from platform_site.kit.telemetry import memory
from platform_site.kit.telemetry.memory import MemoryCollector, anonymous_bytes

HOLDS = "x = bytearray(b'1' * 40_000_000); print('ready', flush=True); input()"


def held() -> float:
    (family,) = MemoryCollector("images").collect()
    (sample,) = family.samples
    assert (sample.name, sample.labels) == ("platform_memory_bytes", {"role": "images"})
    return float(sample.value)


def test_what_a_child_holds_is_counted_while_it_is_there() -> None:
    before = held()
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        assert held() - before > 35_000_000
        child.communicate(b"\n")
    assert held() - before < 20_000_000


def test_where_the_kernel_says_nothing_there_is_no_sample(
    monkeypatch: pytest.MonkeyPatch, tmp_path: os.PathLike[str]
) -> None:
    monkeypatch.setattr(memory, "PROC", tmp_path)
    (family,) = MemoryCollector("images").collect()
    assert family.samples == []
    assert anonymous_bytes("Name: x\n") == 0
