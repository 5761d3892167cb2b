"""A release of the project is one commit and one tag, or nothing at all."""

import json
import shutil
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path

import pytest
import yaml

from deploy import project_release
from deploy.k8s.tools import release as cluster_release
from deploy.project_release import NotReleasedError, dated
from tests.deploy.workspace import ROOT

DAY = date(2026, 12, 24)
PLACES = (
    *("CHANGELOG.md", "pyproject.toml", "gateway/openapi.json", str(cluster_release.PLACE)),
    str(project_release.COLOURS),
)
TEXT = """# Changelog

## Unreleased

### Added

- Something.

## [0.1.0] – 2026-11-27

- All.
"""  # noqa: RUF001


def git(root: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=root, text=True, capture_output=True, check=True
    ).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files of a release in a repository of their own, with something unreleased."""
    for person in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{person}_NAME", "Alice")
        monkeypatch.setenv(f"GIT_{person}_EMAIL", "alice@example.com")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    for place in PLACES:
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / place, tmp_path / place)
    (tmp_path / "CHANGELOG.md").write_text(TEXT)
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "Begin")
    return tmp_path


def state(root: Path) -> tuple[str, str, str]:
    """What a refused release leaves as it was."""
    return git(root, "rev-parse", "HEAD"), git(root, "tag"), git(root, "status", "--porcelain")


def test_a_release_writes_its_version_everywhere_commits_and_tags(repository: Path) -> None:
    project_release.make(repository, "1.2.3", DAY)
    assert (
        tomllib.loads((repository / "pyproject.toml").read_text())["project"]["version"] == "1.2.3"
    )
    document = json.loads((repository / "gateway/openapi.json").read_text())
    assert document["info"]["version"] == "1.2.3"
    deployed = yaml.safe_load((repository / cluster_release.PLACE).read_text())["data"]
    assert (deployed["version"], deployed["app"]) == ("1.2.3", "1.2.3")
    coloured = (repository / project_release.COLOURS).read_text()
    assert "      - live=blue\n      - blue=1.2.3\n      - green=1.2.3\n" in coloured
    heading = "## Unreleased\n\n## [1.2.3] – 2026-12-24\n\n### Added\n\n- Something.\n\n## [0.1.0]"  # noqa: RUF001
    assert heading in (repository / "CHANGELOG.md").read_text()
    assert git(repository, "log", "-1", "--format=%s") == "Release 1.2.3"
    assert git(repository, "status", "--porcelain") == ""
    assert git(repository, "cat-file", "-t", "v1.2.3") == "tag"
    assert git(repository, "rev-parse", "v1.2.3^{commit}") == git(repository, "rev-parse", "HEAD")


def test_only_the_version_changes_in_the_document(repository: Path) -> None:
    before = json.loads((repository / "gateway/openapi.json").read_text())
    project_release.make(repository, "1.2.3", DAY)
    after = json.loads((repository / "gateway/openapi.json").read_text())
    before["info"]["version"] = "1.2.3"
    assert after == before


def test_the_version_that_the_files_have_can_be_released(repository: Path) -> None:
    """As the first release is: its version has been in the files from the start."""
    text = TEXT[: TEXT.index("## [0.1.0]")]
    (repository / "CHANGELOG.md").write_text(text)
    version = tomllib.loads((repository / "pyproject.toml").read_text())["project"]["version"]
    git(repository, "commit", "--quiet", "--all", "--message", "Nothing was released")
    project_release.make(repository, version, DAY)
    assert git(repository, "tag") == f"v{version}"


@pytest.mark.parametrize("version", ["", "1.2", "v1.2.3", "1.2.3+build"])
def test_what_is_no_version_is_refused(repository: Path, version: str) -> None:
    before = state(repository)
    with pytest.raises(NotReleasedError, match="is no version"):
        project_release.make(repository, version, DAY)
    assert state(repository) == before


def test_a_change_that_is_not_committed_is_refused(repository: Path) -> None:
    (repository / "new").write_text("")
    before = state(repository)
    with pytest.raises(NotReleasedError, match=r"commit or undo[^?]*\?\? new"):
        project_release.make(repository, "1.2.3", DAY)
    assert state(repository) == before


def test_another_branch_is_refused(repository: Path) -> None:
    git(repository, "switch", "--quiet", "--create", "other")
    with pytest.raises(NotReleasedError, match="made on main, and this is other"):
        project_release.make(repository, "1.2.3", DAY)


def test_a_version_is_released_once(repository: Path) -> None:
    project_release.make(repository, "1.2.3", DAY)
    before = state(repository)
    with pytest.raises(NotReleasedError, match=r"tag v1\.2\.3 exists"):
        project_release.make(repository, "1.2.3", DAY)
    assert state(repository) == before


def test_a_release_without_an_entry_is_refused(repository: Path) -> None:
    project_release.make(repository, "1.2.3", DAY)
    before = state(repository)
    with pytest.raises(NotReleasedError, match="no entry under Unreleased"):
        project_release.make(repository, "1.2.4", DAY)
    assert state(repository) == before


def test_a_section_that_is_there_is_not_made_twice() -> None:
    with pytest.raises(NotReleasedError, match=r"has a section 0\.1\.0"):
        dated(TEXT, "0.1.0", DAY)


def test_the_changelog_of_the_repository_can_be_dated() -> None:
    text = (ROOT / "CHANGELOG.md").read_text()
    assert "\n## Unreleased\n" in text
    with_entry = text.replace("## Unreleased\n", "## Unreleased\n\n- One.\n", 1)
    assert "## [99.0.0] – 2026-12-24" in dated(with_entry, "99.0.0", DAY)  # noqa: RUF001


def test_the_command_says_why_it_did_nothing(repository: Path) -> None:
    (repository / "new").write_text("")
    done = subprocess.run(
        [sys.executable, "-m", "deploy.project_release", "1.2.3"],
        cwd=repository, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("Not released: commit or undo these changes first:")
