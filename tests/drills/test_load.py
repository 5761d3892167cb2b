"""A short load on the real platform: everything that it sees is right."""

from collections import Counter

import pytest

from drills.client import Addresses
from drills.history import History, calls_of
from drills.judge import judge
from drills.load import Load
from drills.truth import truth_read
from tests.servers.platform import Platform

pytestmark = pytest.mark.processes

JOBS = 16
"""So that one of two people has eight, and comes to everything that people do besides."""


def test_a_short_load_is_judged_right(
    split: Platform, addresses: Addresses, history: History
) -> None:
    load = Load(addresses, jobs=JOBS, history=history, people=2).start()
    assert load.wait(120)
    verdict = judge(
        history, truth_read(split.database_url, split.store, history.calls), delivery_cache_s=0
    )
    assert verdict.is_good, str(verdict)
    ops = Counter(call.op for call in history.calls)
    assert ops["upload"] == load.done == JOBS
    assert min(ops[op] for op in ("read", "deliver", "list", "delete", "trash", "restore")) >= 1
    calls, _marks = calls_of(history.path.read_text().splitlines())
    assert calls == history.calls
