"""Restores the newest backup on trial: by the command of the emergency, into an empty place.

The command runs in a process of its own, which is never told where the living platform is. What
it found comes back as a small file.
"""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.db import Error as DatabaseError

from platform_site.backup.engines import engine_of
from platform_site.backup.errors import BackupError
from platform_site.backup.keyring import Keyring
from platform_site.backup.manifest import BackupManifest, newest
from platform_site.backup.models import RecordedRun
from platform_site.backup.stores import FileStore
from platform_site.backup.trials import TrialPlace
from platform_site.backup.wording import counted, size

ROOT: Final = Path(__file__).resolve().parents[2]
SPARE_BYTES: Final = 64 * 1000 * 1000
DATABASE_FACTOR: Final = 3
"""The saved database, the one that is made of it, and what it writes while that grows."""
TOLD: Final = 3
POSITION_CHARACTERS: Final = 200
TrialOf = Callable[[Path, BackupManifest], AbstractContextManager[TrialPlace]]


class RehearsalFailed(BackupError):
    """The backup did not come back as it was saved, or not at all; the message says how."""


@dataclass(frozen=True, slots=True)
class RehearsalRun:
    """One rehearsal of the newest backup at ``place``."""

    place: FileStore
    keyring: Keyring
    passphrase: str
    tell: Callable[[str], object]

    def rehearse(self, directory: Path, trial_of: TrialOf, run: RecordedRun) -> Mapping[str, Any]:
        """Restore and compare, fill ``run`` in, and return what the restore found.

        ``trial_of`` makes an empty place in ``directory``, with the database where the backup has
        none of its own.

        Raises `RehearsalFailed`, or `BackupError` where the backup cannot be read.
        """
        found = newest(self.place, self.keyring)
        run.backup, run.recovers_to = found.id, found.moment
        run.position = json.dumps(found.position)[:POSITION_CHARACTERS]
        since = (run.started_at - found.moment).total_seconds()
        unsaved_s = _unsaved_s(found.engine)
        run.recovery_point_s = since if unsaved_s is None else unsaved_s
        began = time.monotonic()
        self.tell(f"Backup {found.id} of release {found.release}, from {self.place.address}")
        room_require(found, directory)
        self.tell(
            f"Restoring {counted(sum(found.tables.values()), 'row')} and "
            f"{counted(found.object_count, 'object')} into {directory} …"
        )
        with trial_of(directory, found) as trial:
            report = self._restored(found, trial)
            run.recovery_time_s = time.monotonic() - began
        run.rows, run.objects_total = report["rows"], report["objects"]
        run.objects_checked, run.bytes_total = report["hashed"], found.object_bytes
        if report["fault_count"]:
            raise RehearsalFailed(
                f"{counted(report['fault_count'], 'difference')} from the backup: "
                f"{' '.join(report['faults'][:TOLD])}"
            )
        return report

    def _restored(self, found: BackupManifest, trial: TrialPlace) -> Mapping[str, Any]:
        """What the restore says of itself. Raises `RehearsalFailed` where it did not end."""
        key, report = trial.directory / "key", trial.directory / "report.json"
        key.touch(mode=0o600)
        key.write_text(self.passphrase)
        done = subprocess.run(
            [
                *(sys.executable, "manage.py", "restore", "--from", self.place.address),
                *("--backup", found.id, "--key-file", str(key), "--report", str(report)),
            ],
            cwd=ROOT,
            env={**trial.environment, "TMPDIR": str(trial.directory), "LOG_LEVEL": "ERROR"},
            capture_output=True,
            text=True,
            check=False,
        )
        told: Mapping[str, Any] = json.loads(report.read_text()) if report.exists() else {}
        if told and (done.returncode == 0 or told["fault_count"]):
            return told
        lines = done.stderr.strip().splitlines()
        words = lines[-1].removeprefix("CommandError: ") if lines else "it said nothing"
        raise RehearsalFailed(f"The restore stopped ({done.returncode}): {words}")


def _unsaved_s(engine: str) -> float | None:
    """As the engine says, where the living database can be asked; else ``None``."""
    try:
        return engine_of(engine).unsaved_s()
    except DatabaseError:
        return None


def room_require(found: BackupManifest, directory: Path) -> None:
    """Raises `RehearsalFailed` where ``directory`` has no room for all of the backup."""
    database = found.database.size if found.database else 0
    needed = found.object_bytes + DATABASE_FACTOR * database + SPARE_BYTES
    free = shutil.disk_usage(directory).free
    if free < needed:
        raise RehearsalFailed(
            f"{directory} has room for {size(free)}, and the backup takes {size(needed)}: "
            "give the rehearsal a larger place."
        )
