"""What a selection of tests needs, and what happens where that is missing."""

import re
from pathlib import Path

import pytest

from tests import needs


def test_without_a_selection_everything_is_asked_for() -> None:
    assert needs.is_asked_for("tests/browser", [])
    assert needs.is_asked_for("tests/browser", ["-k", "fencing"])


@pytest.mark.parametrize(
    ("selection", "is_asked_for"),
    [
        ("tests/deploy", True),
        ("tests/deploy/", True),
        ("tests/deploy/test_cluster.py", True),
        ("tests/deploy/test_cluster.py::test_the_main_job", True),
        ("tests/deploy/test_blocks.py", False),
        ("tests/images", False),
    ],
)
def test_a_folder_asks_for_what_its_modules_need(selection: str, *, is_asked_for: bool) -> None:
    assert needs.is_asked_for("tests/deploy/test_cluster.py", [selection]) is is_asked_for


def test_a_folder_without_programs_asks_for_none() -> None:
    assert needs.programs(["tests/images", "-k", "fencing"]) == []
    assert needs.programs(["tests/edge", "tests/images"]) == ["envsubst", "nginx"]


def test_a_store_is_built_for_what_stores_objects_unless_one_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(needs.STORE_NAMED, raising=False)
    assert needs.is_store_built([])
    assert needs.is_store_built(["tests/images/test_storage.py"])
    assert not needs.is_store_built(["tests/house"])
    monkeypatch.setenv(needs.STORE_NAMED, "http://127.0.0.1:9000")
    assert not needs.is_store_built([])


def test_the_store_is_built_for_every_folder_that_starts_one() -> None:
    starts = re.compile(r"from tests\.servers\.(platform|s3|store_users) import|from drills ")
    found = {
        path.parts[1]
        for path in Path("tests").rglob("*.py")
        if len(path.parts) > 2 and starts.search(path.read_text())
    }
    assert found - {"servers"} <= {Path(path).parts[1] for path in needs.STORE}


def test_every_path_that_is_named_is_there() -> None:
    named = [*needs.PROGRAMS, *needs.PAGES, *needs.IMAGES, *needs.STORE]
    assert needs.selected(named) == named


def test_what_is_missing_is_left_out_or_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(needs.STRICT, raising=False)
    monkeypatch.setenv("CI", "true")  # every CI service says so; it is no wish of ours
    with pytest.raises(pytest.skip.Exception):
        needs.missing("nginx is not installed")
    monkeypatch.setenv(needs.STRICT, "1")
    with pytest.raises(pytest.fail.Exception):
        needs.missing("nginx is not installed")
