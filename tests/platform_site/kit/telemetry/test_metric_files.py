from pathlib import Path

import pytest

from platform_site.kit.telemetry import metric_files


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(metric_files.VARIABLE, str(tmp_path))
    return tmp_path


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
