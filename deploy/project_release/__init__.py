"""A release of the project, as ``make release VERSION=1.2.3`` makes it: a commit and a tag.

It pushes nothing, so that a release can be looked at, and undone, before anybody sees it.
"""

import re
import subprocess
from datetime import date
from pathlib import Path
from typing import Final

from deploy.k8s.tools import release as cluster_release

CHANGELOG: Final = Path("CHANGELOG.md")
COLOURS: Final = Path("deploy/k8s/components/blue-green/kustomization.yaml")
"""Both colours begin at the release; whoever has two sets them apart."""
UNRELEASED: Final = "## Unreleased\n"
# Every other place that says the version, and the lines by which each says it.
VERSION_LINES: Final = {
    Path("pyproject.toml"): r'(?m)^(version = ").*(")$',
    Path("gateway/openapi.json"): r'(?m)^( {8}"version": ").*(",)$',
    COLOURS: r"(?m)^( {6}- (?:blue|green)=).*()$",
}
LINES: Final = {COLOURS: 2}
"""How many there are, where it is not one."""


class NotReleasedError(Exception):
    """The release cannot be made; nothing was changed."""


def make(root: Path, version: str, day: date) -> None:
    """Write, commit and tag the release of ``root``. Raises `NotReleasedError` with the reason."""
    tag = f"v{version}"
    _require_clean_main(root, tag)
    texts = _texts(root, version, day)
    for path, text in texts.items():
        (root / path).write_text(text, encoding="utf-8")
    _git(root, "add", *map(str, texts))
    _git(root, "commit", "--quiet", "--allow-empty", "--message", f"Release {version}")
    _git(root, "tag", "--annotate", tag, "--message", f"Image platform {version}")


def _require_clean_main(root: Path, tag: str) -> None:
    if (branch := _git(root, "branch", "--show-current")) != "main":
        raise NotReleasedError(f"a release is made on main, and this is {branch or 'no branch'}")
    if changed := _git(root, "status", "--porcelain"):
        raise NotReleasedError(f"commit or undo these changes first:\n{changed}")
    if _git(root, "tag", "--list", tag):
        raise NotReleasedError(f"the tag {tag} exists")


def _texts(root: Path, version: str, day: date) -> dict[Path, str]:
    """The new text of each file; computed before any is written."""
    before = {
        path: (root / path).read_text(encoding="utf-8")
        for path in (CHANGELOG, *VERSION_LINES, cluster_release.PLACE)
    }
    digests: dict[str, str | None] = {"app": None, "frontend": None}
    try:
        deployed = cluster_release.released(before[cluster_release.PLACE], version, digests)
    except cluster_release.BadRelease as exc:
        raise NotReleasedError(str(exc)) from exc
    return {
        CHANGELOG: dated(before[CHANGELOG], version, day),
        cluster_release.PLACE: deployed,
        **{path: _with_version(path, before[path], version) for path in VERSION_LINES},
    }


def dated(changelog: str, version: str, day: date) -> str:
    """``changelog`` with what is unreleased under ``version``. Raises `NotReleasedError`."""
    _, found, rest = changelog.partition(UNRELEASED)
    if not found:
        raise NotReleasedError(f"{CHANGELOG} has no section Unreleased")
    if f"\n## [{version}]" in changelog:
        raise NotReleasedError(f"{CHANGELOG} has a section {version}")
    entries, *_ = rest.split("\n## ", 1)
    if not re.search(r"^- ", entries, re.MULTILINE):
        raise NotReleasedError(f"{CHANGELOG} has no entry under Unreleased")
    heading = f"{UNRELEASED}\n## [{version}] – {day.isoformat()}\n"  # noqa: RUF001  # as the form has it
    return changelog.replace(UNRELEASED, heading, 1)


def _with_version(path: Path, text: str, version: str) -> str:
    text, count = re.subn(VERSION_LINES[path], rf"\g<1>{version}\g<2>", text)
    if count != LINES.get(path, 1):
        raise NotReleasedError(f"{path} has no line with the version")
    return text


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=root, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NotReleasedError(f"git {arguments[0]}: {done.stderr.strip()}")
    return done.stdout.strip()
