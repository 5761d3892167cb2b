import json
import os
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.openmetrics.exposition import generate_latest

from platform_site.kit.telemetry import exemplars, metric_files, request_context

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


def histogram(registry: CollectorRegistry | None = None) -> Histogram:
    return Histogram("work_seconds", "Work.", ["kind"], buckets=(0.1, 1.0), registry=registry)


def test_the_first_free_slot_is_given() -> None:
    assert metric_files.slot_free([], prefix="web") == "web0"
    assert metric_files.slot_free(["web0", "web2"], prefix="web") == "web1"
    assert metric_files.slot_free(["web0", "web1"], prefix="web") == "web2"
    assert metric_files.slot_free(["web0"], prefix="pool") == "pool0"


def test_a_process_writes_to_the_slot_that_it_took(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metric_files, "_slot", metric_files.PARENT)
    assert metric_files.slot() == "parent"
    metric_files.slot_take("web3")
    assert metric_files.slot() == "web3"


def test_the_directory_goes_with_the_role(directory: Path) -> None:
    (directory / "counter_web0.db").write_bytes(b"x")
    metric_files.directory_remove()
    assert not directory.exists()
    metric_files.directory_remove()


def test_without_a_recorded_trace_there_is_no_exemplar(directory: Path) -> None:
    exemplars.observe(histogram(), ["a"], 0.05)
    assert list(directory.iterdir()) == []


def test_an_exemplar_names_the_trace_and_its_bucket(directory: Path, recording: None) -> None:
    exemplars.observe(histogram(), ["a"], 0.5)
    (path,) = directory.iterdir()
    assert path.name == f"exemplars_{metric_files.slot()}.json"
    ((name, labels, trace_id, seconds, _at),) = json.loads(path.read_text())
    assert (name, json.loads(labels)) == ("work_seconds_bucket", {"kind": "a", "le": "1.0"})
    assert (trace_id, seconds) == (TRACE, 0.5)


def test_the_latest_exemplar_of_all_processes_is_the_one_that_is_read(directory: Path) -> None:
    labels = json.dumps({"kind": "a", "le": "1.0"})
    for slot, trace, at in (("web0", "old", 1.0), ("web1", "new", 2.0), ("web2", "older", 0.5)):
        line = ["work_seconds_bucket", labels, trace, 0.5, at]
        (directory / f"exemplars_{slot}.json").write_text(json.dumps([line]))
    found = exemplars._read()["work_seconds_bucket", labels]
    assert (found.labels, found.value, found.timestamp) == ({"trace_id": "new"}, 0.5, 2.0)


def test_a_single_process_keeps_exemplars_itself(
    monkeypatch: pytest.MonkeyPatch, recording: None
) -> None:
    monkeypatch.delenv(metric_files.VARIABLE, raising=False)
    registry = CollectorRegistry()
    exemplars.observe(histogram(registry), ["a"], 0.05)
    text = generate_latest(registry).decode()  # type: ignore[no-untyped-call]
    assert f'# {{trace_id="{TRACE}"}} 0.05' in text
    assert metric_files.VARIABLE not in os.environ
