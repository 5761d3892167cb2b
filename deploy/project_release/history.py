"""Which releases there were, as git knows them: tags ``v1.2.3`` or commits ``Release 1.2.3``.

A clone may have been made without tags, so a commit that `make release` made counts without one.
"""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SUBJECT: Final = re.compile(r"Release (\d+\.\d+\.\d+(?:-\w[\w.]*)?)")
TAG: Final = re.compile(r"tag: v(\d+\.\d+\.\d+(?:-\w[\w.]*)?)(?:,|$)")


class NoHistoryError(Exception):
    """Git cannot tell which release came before; the words say what helps."""


@dataclass(frozen=True)
class Release:
    """A version, and the commit that is it."""

    version: str
    commit: str


def previous_release(root: Path) -> Release | None:
    """The newest release that is not the working tree of ``root`` itself; None before the first.

    On the commit of a release, with nothing changed, it is the release before: that one ran until
    then. Raises `NoHistoryError`.
    """
    found = releases(root)
    if found and found[0].commit == git(root, "rev-parse", "HEAD").strip():
        is_it = not git(root, "status", "--porcelain").strip()
        found = found[1:] if is_it else found
    if not found and git(root, "rev-parse", "--is-shallow-repository").strip() == "true":
        raise NoHistoryError(
            "This clone is shallow, so nobody can tell the release before: "
            "git fetch --unshallow --tags"
        )
    return found[0] if found else None


def releases(root: Path) -> list[Release]:
    """Every release that ``HEAD`` contains, the newest first. Raises `NoHistoryError`."""
    lines = git(root, "log", "--topo-order", "--format=%H%x09%D%x09%s").splitlines()
    found = []
    for line in lines:
        commit, names, subject = line.split("\t", 2)
        match = TAG.search(names) or SUBJECT.fullmatch(subject)
        if match:
            found.append(Release(match[1], commit))
    return found


def git(root: Path, *arguments: str) -> str:
    """What git prints. Raises `NoHistoryError`."""
    done = subprocess.run(
        ["git", *arguments], cwd=root, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NoHistoryError(f"git {arguments[0]}: {done.stderr.strip()}")
    return done.stdout
