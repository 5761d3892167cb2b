"""What a worker tells of the platform: fresh when that is known, old for a while, then nothing."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from platform_site.kit.tasks import metrics
from platform_site.kit.tasks.metrics import PlatformCollector

REPORT: dict[str, Any] = {
    "queues": [],
    "broker": {"ok": True},
    "cache": {"ok": True},
    "database": {"ok": False},
    "storage": {"ok": True, "latency_ms": 3.0},
}


class Platform:
    """A report that hangs for as long as ``answers`` is clear."""

    def __init__(self) -> None:
        self.answers = threading.Event()
        self.answers.set()
        self.asked = 0
        self.report = REPORT

    def status(self) -> dict[str, Any]:
        self.asked += 1
        assert self.answers.wait(30)
        return self.report


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    platform = Platform()
    monkeypatch.setattr(metrics, "import_string", lambda _path: platform.status)
    monkeypatch.setattr(metrics, "ASK_EVERY_S", 0.0)
    yield platform
    platform.answers.set()


def told(collector: PlatformCollector) -> dict[str, float]:
    """The answers of the parts, by part, and the age of the report as ``age``."""
    found: dict[str, float] = {}
    for gauge in collector.collect():
        if gauge.name == "platform_dependency_up":
            found |= {sample.labels["part"]: sample.value for sample in gauge.samples}
        if gauge.name == "platform_report_age_seconds":
            found.update(("age", sample.value) for sample in gauge.samples)
    return found


def parts(collector: PlatformCollector) -> dict[str, float]:
    return {name: value for name, value in told(collector).items() if name != "age"}


def test_a_scrape_gets_a_fresh_answer(platform: Platform) -> None:
    collector = PlatformCollector()
    assert parts(collector) == {"broker": 1.0, "cache": 1.0, "database": 0.0, "storage": 1.0}
    platform.report = {**REPORT, "storage": {"ok": False, "latency_ms": None}}
    assert parts(collector) == {"broker": 1.0, "cache": 1.0, "database": 0.0, "storage": 0.0}
    assert platform.asked == 2


def test_scrapes_that_follow_at_once_ask_once(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "ASK_EVERY_S", 1000.0)
    collector = PlatformCollector()
    assert parts(collector) == parts(collector)
    assert platform.asked == 1


def test_a_part_that_hangs_takes_no_other_along(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    collector = PlatformCollector()
    told(collector)
    platform.answers.clear()
    monkeypatch.setattr(metrics, "WAIT_S", 0.05)
    first, second = told(collector), told(collector)
    assert first["broker"] == second["broker"] == 1.0
    assert second["age"] > first["age"] > 0
    assert platform.asked == 2, "a question that hangs is not asked again beside itself"


def test_after_the_wait_the_answer_counts(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.answers.clear()
    collector = PlatformCollector()
    with monkeypatch.context() as patch:
        patch.setattr(metrics, "WAIT_S", 0.05)
        assert told(collector) == {}
    platform.answers.set()
    assert parts(collector) == {"broker": 1.0, "cache": 1.0, "database": 0.0, "storage": 1.0}


def test_an_answer_that_is_too_old_is_none(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    collector = PlatformCollector()
    told(collector)
    platform.answers.clear()
    monkeypatch.setattr(metrics, "WAIT_S", 0.05)
    monkeypatch.setattr(metrics, "KEEP_S", 0.01)
    time.sleep(0.02)
    assert told(collector) == {}
