"""Changes to a secrets directory that are written all or not at all, also when the writer dies."""

import json
from pathlib import Path
from typing import Final

from platform_site.secrets import key_files

UNFINISHED: Final = ".unfinished.json"
"""What is about to be written, by file; it is there only while that goes on."""


class StagedFiles:
    """The files of ``directory``, by their paths in it, with changes that nobody else sees yet."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._changes: dict[Path, str] = {}

    def text(self, file: Path) -> str:
        """The content of ``file``, empty when there is none."""
        if file in self._changes:
            return self._changes[file]
        path = self.directory / file
        return path.read_text(encoding="utf-8") if path.is_file() else ""

    def holders(self, name: str) -> list[Path]:
        """Every file called ``name``, whichever role's it is."""
        found = key_files.holders(self.directory, name)
        return [file.relative_to(self.directory) for file in found]

    def write(self, file: Path, content: str) -> None:
        """Change ``file``, once `commit` is called."""
        self._changes[file] = content

    def changed(self) -> list[Path]:
        """The files that `commit` would write, in order."""
        return sorted(self._changes)

    def commit(self) -> None:
        """Write every change. One that is cut short goes on with `complete`."""
        content = {str(file): text for file, text in self._changes.items()}
        key_files.rewrite(self.directory / UNFINISHED, json.dumps(content))
        complete(self.directory)
        self._changes.clear()


def complete(directory: Path) -> bool:
    """Go on with a `StagedFiles.commit` that was cut short; whether there was one."""
    unfinished = directory / UNFINISHED
    if not unfinished.exists():
        return False
    for file, text in json.loads(unfinished.read_text(encoding="utf-8")).items():
        key_files.rewrite(directory / file, text)
    unfinished.unlink()
    return True
