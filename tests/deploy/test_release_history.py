"""Which release came before is told by tags, by the commits of `make release`, or in words."""

import subprocess
from pathlib import Path

import pytest

from deploy.project_release.history import NoHistoryError, Release, previous_release, releases


class Repository:
    """Commits without files, made by Alice."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.git("init", "--quiet", "--initial-branch", "main")

    def git(self, *arguments: str) -> str:
        person = ("-c", "user.name=Alice", "-c", "user.email=alice@example.com")
        return subprocess.run(
            ["git", *person, *arguments], cwd=self.root, text=True, capture_output=True, check=True
        ).stdout.strip()

    def commit(self, subject: str) -> str:
        self.git("commit", "--quiet", "--allow-empty", "--message", subject)
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    (tmp_path / "origin").mkdir()
    return Repository(tmp_path / "origin")


def test_before_the_first_release_there_is_none(repository: Repository) -> None:
    repository.commit("Begin")
    assert previous_release(repository.root) is None


def test_a_commit_of_make_release_counts_without_its_tag(repository: Repository) -> None:
    commit = repository.commit("Release 1.0.0")
    repository.commit("Release what is held")
    assert previous_release(repository.root) == Release("1.0.0", commit)


def test_a_tag_counts_whatever_the_subject_of_its_commit_is(repository: Repository) -> None:
    repository.commit("Release 1.0.0")
    commit = repository.commit("Mend the release")
    repository.git("tag", "v1.0.1")
    repository.git("tag", "kept")
    repository.commit("Go on")
    assert [one.version for one in releases(repository.root)] == ["1.0.1", "1.0.0"]
    assert previous_release(repository.root) == Release("1.0.1", commit)


def test_a_release_that_is_checked_out_came_after_the_one_before(repository: Repository) -> None:
    first = repository.commit("Release 1.0.0")
    second = repository.commit("Release 1.1.0")
    assert previous_release(repository.root) == Release("1.0.0", first)
    (repository.root / "new").write_text("")
    assert previous_release(repository.root) == Release("1.1.0", second)


def test_the_first_release_has_none_before_it(repository: Repository) -> None:
    repository.commit("Release 1.0.0")
    assert previous_release(repository.root) is None


def test_a_shallow_clone_is_told_what_to_fetch(repository: Repository, tmp_path: Path) -> None:
    repository.commit("Release 1.0.0")
    repository.commit("Go on")
    shallow = tmp_path / "shallow"
    repository.git("clone", "--quiet", "--depth", "1", f"file://{repository.root}", str(shallow))
    with pytest.raises(NoHistoryError, match="git fetch --unshallow --tags"):
        previous_release(shallow)


def test_a_directory_without_history_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(NoHistoryError, match="not a git repository"):
        previous_release(tmp_path)
