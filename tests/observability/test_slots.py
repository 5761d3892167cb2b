"""Slots: who takes the place of whom, and what a directory of metrics starts with."""

import os
from pathlib import Path

import pytest

from platform_site.kit.telemetry import metric_files
from platform_site.kit.telemetry.metric_files import directory_prepare, directory_remove, slot_free


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        (set(), "web0"),
        ({"web0"}, "web1"),
        ({"web0", "web1", "web3"}, "web2"),
        ({"web1"}, "web0"),
    ],
)
def test_a_process_takes_the_first_place_that_is_free(taken: set[str], expected: str) -> None:
    assert slot_free(taken, prefix="web") == expected


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(metric_files.VARIABLE, str(tmp_path / "metrics"))
    from prometheus_client import values  # noqa: PLC0415 - the variable comes first

    monkeypatch.setattr(values, "ValueClass", values.ValueClass)
    return tmp_path / "metrics"


def test_what_an_earlier_run_left_is_not_counted_again(directory: Path) -> None:
    directory.mkdir()
    (directory / "counter_web0.db").write_bytes(b"stale")
    assert directory_prepare() == directory
    assert list(directory.iterdir()) == []
    directory_remove()
    assert not directory.exists()


def test_without_a_named_directory_a_fresh_one_is_made(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(metric_files.VARIABLE)
    made = directory_prepare()
    assert made.is_dir()
    assert os.environ[metric_files.VARIABLE] == str(made)
    directory_remove()
    assert not made.exists()
