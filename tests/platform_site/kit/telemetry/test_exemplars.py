"""Beside each bucket of a histogram stands the trace of the latest request in it."""

import json
import os
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.mmap_dict import MmapedDict, mmap_key
from prometheus_client.openmetrics.exposition import generate_latest

from platform_site.kit.telemetry import exemplars, metric_files, request_context
from platform_site.kit.telemetry.exemplars import TracedHistogram

TRACE = "0af7651916cd43dd8448eb211c80319c"


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(metric_files.VARIABLE, str(tmp_path))
    monkeypatch.setattr(exemplars, "_latest", {})
    monkeypatch.setattr(exemplars, "_written_at", 0.0)
    return tmp_path


@pytest.fixture
def recording(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_context, "_recorders", [lambda: TRACE])


def histogram(registry: CollectorRegistry | None = None) -> TracedHistogram:
    return TracedHistogram(
        "work_seconds",
        "Work.",
        ["kind"],
        buckets_s=(0.1, 1.0),
        registry=registry or CollectorRegistry(),
    )


def test_without_a_recorded_trace_there_is_no_exemplar(directory: Path) -> None:
    histogram().observe(("a",), 0.05)
    assert list(directory.iterdir()) == []


def test_an_exemplar_names_the_trace_and_its_bucket(directory: Path, recording: None) -> None:
    histogram().observe(("a",), 0.5)
    (path,) = directory.iterdir()
    assert path.name == f"exemplars_{metric_files.slot()}.json"
    ((name, labels, trace_id, seconds, _at),) = json.loads(path.read_text())
    assert (name, json.loads(labels)) == ("work_seconds_bucket", {"kind": "a", "le": "1.0"})
    assert (trace_id, seconds) == (TRACE, 0.5)


@pytest.mark.parametrize(("seconds", "le"), [(0.1, "0.1"), (0.11, "1.0"), (1.5, "+Inf")])
def test_the_bucket_is_the_one_that_the_client_counts_in(
    directory: Path, recording: None, seconds: float, le: str
) -> None:
    """The client's own text in a process that keeps exemplars itself says which that is."""
    registry = CollectorRegistry()
    histogram(registry).observe(("a",), seconds)
    text = generate_latest(registry).decode()  # type: ignore[no-untyped-call]
    (line,) = (line for line in text.splitlines() if TRACE in line)
    assert line.startswith(f'work_seconds_bucket{{kind="a",le="{le}"}}')
    (path,) = directory.iterdir()
    ((_name, labels, *_rest),) = json.loads(path.read_text())
    assert json.loads(labels) == {"kind": "a", "le": le}


def test_the_latest_exemplar_of_all_processes_is_the_one_that_is_read(directory: Path) -> None:
    labels = json.dumps({"kind": "a", "le": "1.0"})
    for slot, trace, at in (("web0", "old", 1.0), ("web1", "new", 2.0), ("web2", "older", 0.5)):
        line = ["work_seconds_bucket", labels, trace, 0.5, at]
        (directory / f"exemplars_{slot}.json").write_text(json.dumps([line]))
    found = exemplars._read()["work_seconds_bucket", labels]
    assert (found.labels, found.value, found.timestamp) == ({"trace_id": "new"}, 0.5, 2.0)


def test_a_process_that_makes_a_file_at_this_moment_costs_nobody_a_scrape(directory: Path) -> None:
    """The client gives a file its size after it has made it; every metric was lost in between."""
    values = MmapedDict(str(directory / "counter_web0.db"))  # type: ignore[no-untyped-call]
    values.write_value(mmap_key("done", "done_total", [], [], "Done."), 3.0, 0.0)  # type: ignore[no-untyped-call]
    values.close()  # type: ignore[no-untyped-call]
    (directory / "counter_web1.db").touch()
    (done,) = exemplars.ExemplarCollector().collect()
    assert [(sample.name, sample.value) for sample in done.samples] == [("done_total", 3.0)]


def test_a_single_process_keeps_exemplars_itself(
    monkeypatch: pytest.MonkeyPatch, recording: None
) -> None:
    monkeypatch.delenv(metric_files.VARIABLE, raising=False)
    registry = CollectorRegistry()
    histogram(registry).observe(("a",), 0.05)
    text = generate_latest(registry).decode()  # type: ignore[no-untyped-call]
    assert f'# {{trace_id="{TRACE}"}} 0.05' in text
    assert metric_files.VARIABLE not in os.environ
