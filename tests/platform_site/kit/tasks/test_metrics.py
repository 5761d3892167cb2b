"""What a worker serves of the platform: fresh when it is known, old for a while, then nothing."""

import threading
import time
from collections.abc import Iterator

import pytest
from prometheus_client.core import GaugeMetricFamily

from platform_site.kit.tasks import metrics
from platform_site.kit.tasks.metrics import GaugeCollector
from platform_site.kit.tasks.offers import Report, WorkerGauges

UP = "platform_dependency_up"


def gauges(report: Report | None) -> list[GaugeMetricFamily]:
    up = GaugeMetricFamily(UP, "1 when the part answers.", labels=["part"])
    for part, value in (report or {}).items():
        up.add_metric([part], value)
    return [up]


class Platform:
    """An app whose report hangs for as long as ``answers`` is clear."""

    def __init__(self) -> None:
        self.answers = threading.Event()
        self.answers.set()
        self.asked = 0
        self.parts: Report = {"broker": 1.0, "storage": 1.0}

    def report(self) -> Report:
        self.asked += 1
        assert self.answers.wait(30)
        return self.parts

    def collector(self) -> GaugeCollector:
        return GaugeCollector(WorkerGauges(self.report, gauges))


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    platform = Platform()
    monkeypatch.setattr(metrics, "ASK_EVERY_S", 0.0)
    yield platform
    platform.answers.set()


def served(collector: GaugeCollector) -> dict[str, float]:
    """The answers of the parts, by part, and the age of the report as ``age``."""
    found: dict[str, float] = {}
    for gauge in collector.collect():
        if gauge.name == UP:
            found |= {sample.labels["part"]: sample.value for sample in gauge.samples}
        if gauge.name == "platform_report_age_seconds":
            found.update(("age", sample.value) for sample in gauge.samples)
    return found


def parts(collector: GaugeCollector) -> dict[str, float]:
    return {name: value for name, value in served(collector).items() if name != "age"}


def test_registering_names_every_gauge_and_asks_nothing(platform: Platform) -> None:
    described = list(platform.collector().describe())
    assert [family.name for family in described] == ["platform_report_age_seconds", UP]
    assert [family.samples for family in described] == [[], []]
    assert platform.asked == 0


def test_a_scrape_gets_a_fresh_answer(platform: Platform) -> None:
    collector = platform.collector()
    assert parts(collector) == {"broker": 1.0, "storage": 1.0}
    platform.parts = {"broker": 1.0}
    assert parts(collector) == {"broker": 1.0}
    assert platform.asked == 2


def test_scrapes_that_follow_at_once_ask_once(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "ASK_EVERY_S", 1000.0)
    collector = platform.collector()
    assert parts(collector) == parts(collector)
    assert platform.asked == 1


def test_a_part_that_hangs_takes_no_other_along(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    collector = platform.collector()
    served(collector)
    platform.answers.clear()
    monkeypatch.setattr(metrics, "WAIT_S", 0.05)
    first, second = served(collector), served(collector)
    assert first["broker"] == second["broker"] == 1.0
    assert second["age"] > first["age"] > 0
    assert platform.asked == 2, "a question that hangs is not asked again beside itself"


def test_after_the_wait_the_answer_counts(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.answers.clear()
    collector = platform.collector()
    with monkeypatch.context() as patch:
        patch.setattr(metrics, "WAIT_S", 0.05)
        assert served(collector) == {}
    platform.answers.set()
    assert parts(collector) == {"broker": 1.0, "storage": 1.0}


def test_an_answer_that_is_too_old_is_none(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    collector = platform.collector()
    served(collector)
    platform.answers.clear()
    monkeypatch.setattr(metrics, "WAIT_S", 0.05)
    monkeypatch.setattr(metrics, "KEEP_S", 0.01)
    time.sleep(0.02)
    assert served(collector) == {}
