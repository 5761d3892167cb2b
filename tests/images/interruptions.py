"""What happens to a run of a render job between two of the files that it makes."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from images.renditions import RenderedFile
from images.services import render_job, storing


def after_files(monkeypatch: pytest.MonkeyPatch, count: int, act: Callable[[], object]) -> None:
    """Do ``act`` once, when the run has taken ``count`` files and asks for the next."""
    made: Any = vars(render_job)["render_all"]
    left = [act]

    def interrupted(*arguments: Any) -> Iterator[RenderedFile]:
        for number, file in enumerate(made(*arguments)):
            if number == count and left:
                left.pop()()
            yield file

    monkeypatch.setattr(render_job, "render_all", interrupted)


def write_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let runs write down each rendition by itself, as they do when each takes a second."""
    monkeypatch.setattr(storing, "PAUSE_FIRST_S", 0.0)
    monkeypatch.setattr(storing, "PAUSE_LONGEST_S", 0.0)


def never_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let runs write down nothing before their end, as they do when they are fast."""
    monkeypatch.setattr(storing, "PAUSE_FIRST_S", 1e9)
    monkeypatch.setattr(storing, "PAUSE_LONGEST_S", 1e9)
