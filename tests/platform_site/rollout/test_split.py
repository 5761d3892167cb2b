"""The files that nginx looks for, and the memory beside them."""

from pathlib import Path

import pytest

from platform_site.rollout.split import SHARES, SplitDirectory, files_of

ROOT = Path(__file__).resolve().parents[3]


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


@pytest.mark.parametrize(
    ("share", "there"),
    [
        (0, []),
        (1, ["green.1"]),
        (10, ["green.1", "green.10"]),
        (100, ["green.1", "green.10", "green.100", "green.50"]),
    ],
)
def test_a_share_is_its_step_and_all_below(tmp_path: Path, share: int, there: list[str]) -> None:
    split = SplitDirectory(tmp_path)
    split.share_set("green", 50)
    split.share_set("green", share)
    assert names(tmp_path) == there


def test_a_split_to_one_colour_ends_that_to_the_other(tmp_path: Path) -> None:
    split = SplitDirectory(tmp_path)
    split.share_set("blue", 100)
    split.share_set("green", 1)
    assert names(tmp_path) == ["green.1"]


def test_what_is_remembered_is_there_for_the_next(tmp_path: Path) -> None:
    assert SplitDirectory(tmp_path).remembered() is None
    SplitDirectory(tmp_path).remember({"new": "green"})
    SplitDirectory(tmp_path).remember({"new": "blue"})
    assert SplitDirectory(tmp_path).remembered() == {"new": "blue"}
    assert names(tmp_path) == ["rollout.json"]


def test_nginx_has_the_same_steps() -> None:
    template = (ROOT / "frontend/nginx/templates/split.conf.template").read_text()
    block = template.partition("split_clients")[2].partition("}")[0]
    lines = [line.split() for line in block.splitlines() if "%" in line or "*" in line]

    total = 0.0
    for share, step in lines:
        total = 100.0 if share == "*" else total + float(share.rstrip("%"))
        assert total == float(step.rstrip(";"))
    assert [int(step.rstrip(";")) for _, step in lines] == list(SHARES)
    assert set(files_of("blue", 0).values()) == {False}
