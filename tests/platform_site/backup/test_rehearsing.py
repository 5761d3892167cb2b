"""The newest backup of an embedded platform comes back on trial, and a damaged one is told of."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from platform_site.backup import rehearsing
from platform_site.backup.rehearsing import RehearsalFailed, room_require
from platform_site.embedded import up
from tests.platform_site.backup.scripts import PLATFORM, embedded, told
from tests.servers.processes import KEPT, ROOT
from tests.waiting import until

pytestmark = pytest.mark.processes

REHEARSE = """
from pathlib import Path
from django.conf import settings
from platform_site.backup.gauges import run_gauges
from platform_site.backup.models import RecordedRun
from platform_site.backup.runs import run_report, runs_take_in
from platform_site.backup.selectors import runs_report

place, trials = Path(sys.argv[1]), Path(settings.REHEARSAL_DIRECTORY)

def gauges():
    return {
        "/".join([sample.name, *sample.labels.values()]): sample.value
        for gauge in run_gauges(runs_report()) for sample in gauge.samples
    }

found = {"backup": run("backup", "--to", str(place))}
left = trials / "rehearsal-1" / "var"
left.mkdir(parents=True)
(left / "of-one-that-was-killed").touch()
before = sorted(Image.objects.values_list("id", flat=True))
found["good"] = run("rehearse_restore", "--from", str(place))
found["gauges"] = gauges()
found["left"] = [file.name for file in trials.iterdir()]
found["same"] = before == sorted(Image.objects.values_list("id", flat=True))
largest = max(place.glob("pool/*/*"), key=lambda file: file.stat().st_size)
content = bytearray(largest.read_bytes())
content[len(content) // 2] ^= 1
largest.write_bytes(bytes(content))
found["damaged"] = run("rehearse_restore", "--from", str(place))
found["gauges of damaged"] = gauges()
found["left of damaged"] = [file.name for file in trials.iterdir()]
rows = [run_report(each) for each in RecordedRun.objects.order_by("started_at")]
RecordedRun.objects.all().delete()
largest.unlink()
found["missing"] = run("rehearse_restore", "--from", str(place))
kept = [run_report(each) for each in RecordedRun.objects.order_by("started_at")]
found["rows"], found["mended"] = rows, kept[:3] == rows and len(kept)
print(json.dumps([found]))
"""


class Rehearsed:
    """A platform, its backup, and what became of it."""

    def __init__(self, directory: Path) -> None:
        self.var, self.place = directory / "var", directory / "kept"
        up.prepare(self.var)
        found: Any = told(PLATFORM + REHEARSE, embedded(self.var), str(self.place))[0]
        self.found: dict[str, Any] = found


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> Rehearsed:
    return Rehearsed(tmp_path_factory.mktemp("rehearsal"))


def test_a_good_backup_comes_back_and_nothing_of_the_trial_stays(rehearsed: Rehearsed) -> None:
    said, refusal = rehearsed.found["good"]
    assert refusal == ""
    assert "The backup comes back" in said
    assert "objects: all 24 hashed" in said
    assert rehearsed.found["left"] == [".rehearsal.lock"]
    assert rehearsed.found["same"] is True


def test_what_it_measured_is_told_to_prometheus(rehearsed: Rehearsed) -> None:
    gauges = rehearsed.found["gauges"]
    assert gauges["platform_backup_last_ok/rehearsal"] == 1
    assert gauges["platform_backup_objects/rehearsal"] == 24
    assert gauges["platform_rehearsal_checked_ratio"] == 1
    assert gauges["platform_backup_rows/rehearsal"] == gauges["platform_backup_rows/backup"] > 40
    assert gauges["platform_rehearsal_recovery_seconds"] > 0
    assert gauges["platform_rehearsal_recovery_point_seconds"] > 0


def test_one_changed_bit_fails_the_rehearsal_and_the_gauge(rehearsed: Rehearsed) -> None:
    _, refusal = rehearsed.found["damaged"]
    assert refusal.startswith("The restore stopped (1): ")
    gauges = rehearsed.found["gauges of damaged"]
    assert gauges["platform_backup_last_ok/rehearsal"] == 0
    assert gauges["platform_backup_last_ok/backup"] == 1
    good = rehearsed.found["gauges"]["platform_backup_last_success_timestamp_seconds/rehearsal"]
    assert gauges["platform_backup_last_success_timestamp_seconds/rehearsal"] == good
    assert rehearsed.found["left of damaged"] == [".rehearsal.lock"]
    assert rehearsed.found["rows"][-1]["reason"] == refusal


def test_a_file_that_is_gone_fails_it_too(rehearsed: Rehearsed) -> None:
    assert rehearsed.found["missing"][1].startswith("The restore stopped (1): ")


def test_a_table_that_was_restored_learns_its_runs_from_beside_the_backups(
    rehearsed: Rehearsed,
) -> None:
    assert rehearsed.found["mended"] == 4
    kinds = [(row["kind"], row["outcome"]) for row in rehearsed.found["rows"]]
    assert kinds == [
        ("backup", "succeeded"),
        ("rehearsal", "succeeded"),
        ("rehearsal", "failed"),
    ]
    assert len(list((rehearsed.place / "runs").iterdir())) == 4


def test_one_that_is_asked_to_end_leaves_nothing(rehearsed: Rehearsed) -> None:
    environment = {
        **{name: os.environ[name] for name in KEPT if name in os.environ},
        **embedded(rehearsed.var),
    }
    trials = rehearsed.var / "rehearsals"
    command = [sys.executable, "manage.py", "rehearse_restore", "--from", str(rehearsed.place)]
    running = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    until(lambda: list(trials.glob("rehearsal-*/key")) or running.poll() is not None, timeout_s=60)
    running.send_signal(signal.SIGTERM)
    _, words = running.communicate(timeout=60)
    assert (running.returncode, words.decode().splitlines()[-1]) == (
        1,
        "CommandError: It was stopped.",
    )
    assert [file.name for file in trials.iterdir()] == [".rehearsal.lock"]


def test_a_place_without_room_is_refused_before_anything_is_fetched(
    rehearsed: Rehearsed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Found:
        object_bytes = 10**18
        database = None

    with pytest.raises(RehearsalFailed, match="give the rehearsal a larger place"):
        room_require(Found(), tmp_path)  # type: ignore[arg-type]
    monkeypatch.setattr(rehearsing, "SPARE_BYTES", 0)
    Found.object_bytes = 1
    room_require(Found(), tmp_path)  # type: ignore[arg-type]


def test_the_report_says_how_much_was_hashed(rehearsed: Rehearsed) -> None:
    (file, *_) = sorted((rehearsed.place / "runs").glob("*-rehearsal-*"))
    body = json.loads(file.read_text())["run"]
    assert (body["objects_checked"], body["objects_total"]) == (24, 24)
