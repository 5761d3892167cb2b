"""A platform saved, saved again unchanged, destroyed and restored: seconds, CPU and bytes of each.

The embedded platform with ``--images`` rows and four objects each (an original and three
renditions of random bytes), by the commands that ``make backup`` and ``make restore`` call.
"""

import argparse
import json
import os
import platform as machine
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench import reports

ROOT: Final = Path(__file__).resolve().parent.parent
TARGET_SHARE: Final = 0.05
TARGET_RESTORE_S: Final = 600
ORIGINAL_BYTES: Final = 120_000
RENDITION_BYTES: Final = (60_000, 20_000, 5_000)
FILL: Final = """
import hashlib, os, sys
import django
django.setup()
from uuid import uuid4
from django.core.management import call_command
from images import storage
from images.models import Image, Rendition

call_command("migrate", verbosity=0)
count, original, *sizes = map(int, sys.argv[1:])
owner = uuid4()
for start in range(0, count, 500):
    images, renditions = [], []
    for number in range(start, min(count, start + 500)):
        content = os.urandom(original)
        image = Image(owner_id=owner, filename=f"{number}.jpg", format="jpeg", width=1, height=1,
                      mime="image/jpeg", bytes=original, state="ready",
                      sha256=hashlib.sha256(content).hexdigest())
        image.storage_key = storage.original_key(image.id)
        storage.bytes_put(image.storage_key, content, content_type="image/jpeg")
        images.append(image)
        for at, size in enumerate(sizes):
            content = os.urandom(size)
            checksum = hashlib.sha256(content).hexdigest()
            key = storage.content_key(image.id, checksum=checksum, extension="webp")
            storage.bytes_put(key, content, content_type="image/webp")
            renditions.append(Rendition(image=image, spec=str(at), format="webp", bytes=size,
                mime="image/webp", checksum=checksum, storage_key=key, state="ready"))
    Image.objects.bulk_create(images)
    Rendition.objects.bulk_create(renditions)
"""


@dataclass(frozen=True)
class Step:
    """What one command took."""

    name: str
    seconds: float
    cpu_s: float
    words: str


def run(name: str, var: Path, *arguments: str) -> Step:
    """One command in a process of its own, to its end."""
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "VAR_DIR": str(var),
            "LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "platform_site.settings.embedded",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{name}: {done.stdout}\n{done.stderr}")
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    step = Step(name, round(time.monotonic() - began, 1), round(cpu_s, 1), done.stdout)
    print(f"{name:20} {step.seconds:8.1f} s {step.cpu_s:8.1f} s of CPU", flush=True)
    return step


def sent_bytes(place: Path) -> list[int]:
    """What each backup of ``place`` has sent, in order."""
    files = sorted((place / "manifests").iterdir())
    return [int(json.loads(file.read_text())["manifest"]["sent_bytes"]) for file in files]


def measure(count: int) -> Mapping[str, Any]:
    """Save a platform of ``count`` images, save it again, restore it; the report of all."""
    began = time.monotonic()
    directory = Path(tempfile.mkdtemp(prefix="image-platform-bench-"))
    try:
        var, place, empty = directory / "var", directory / "kept", directory / "empty"
        prepare = "import sys; from pathlib import Path; from platform_site.embedded import up; up.prepare(Path(sys.argv[1]))"  # noqa: E501 - a program
        for target in (var, empty):
            run("prepare", target, "-c", prepare, str(target))
        sizes = (str(size) for size in (ORIGINAL_BYTES, *RENDITION_BYTES))
        run("fill", var, "-c", FILL, str(count), *sizes)
        key = str(var / "secrets" / "backup-key")
        manage = str(ROOT / "manage.py")
        full = run("full backup", var, manage, "backup", "--to", str(place))
        start = run("no backup", var, manage, "backup", "--to", str(place), "--list")
        unchanged = run("unchanged backup", var, manage, "backup", "--to", str(place))
        options = ("--from", str(place), "--key-file", key)
        restore = run("restore", empty, manage, "restore", *options)
        sent = sent_bytes(place)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    share = {
        "bytes": round(sent[1] / sent[0], 3),
        "processor time": round(unchanged.cpu_s / full.cpu_s, 3),
        "time": round(unchanged.seconds / full.seconds, 3),
    }
    hashed = re.search(r"objects: (all \d+ hashed)", restore.words)
    told = f"{restore.seconds} s, {hashed[1] if hashed else 'not all hashed'}"
    targets = [
        {
            "what": f"{name} of a backup of an unchanged platform over a full one",
            "target": f"< {TARGET_SHARE:.0%}",
            "measured": f"{of:.1%}",
            "met": of < TARGET_SHARE,
        }
        for name, of in share.items()
    ]
    restored = {
        "what": f"restore of {count:,} images, migrated and compared",
        "target": f"< {TARGET_RESTORE_S} s, all hashed",
        "measured": told,
        "met": bool(hashed) and restore.seconds < TARGET_RESTORE_S,
    }
    return {
        "images": count,
        "python": machine.python_version(),
        "cores": os.cpu_count(),
        "load_average": round(os.getloadavg()[1], 1),
        "took_s": round(time.monotonic() - began, 1),
        "sent_bytes": {"full": sent[0], "unchanged": sent[1]},
        "start_cpu_s": start.cpu_s,
        "unchanged_of_full": share,
        "steps": {
            step.name: {"seconds": step.seconds, "cpu_s": step.cpu_s}
            for step in (full, unchanged, restore)
        },
        "missing": {},
        "targets": [*targets, restored],
    }


def main() -> int:
    """Measure, print, and write the results; 0 when every target is met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=10_000)
    report = measure(parser.parse_args().images)
    reports.write("backup", report)
    return 0 if reports.verdict_show(report) else 1


if __name__ == "__main__":
    sys.exit(main())
