"""A platform saved, saved again unchanged, destroyed and restored: seconds, CPU and bytes of each.

The embedded platform with ``--images`` rows and four objects each (an original and three
renditions of random bytes), by the commands that ``make backup`` and ``make restore`` call.
"""

import argparse
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
RESULT: Final = ROOT / "bench" / "results" / "backup.json"
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


def main() -> int:
    """Measure, print, and keep the result. 1 when a target is not met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--keep", action="store_true", help="write bench/results/backup.json")
    given = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="image-platform-bench-"))
    try:
        var, place, empty = directory / "var", directory / "kept", directory / "empty"
        prepare = "import sys; from pathlib import Path; from platform_site.embedded import up; up.prepare(Path(sys.argv[1]))"  # noqa: E501 - a program
        for target in (var, empty):
            run("prepare", target, "-c", prepare, str(target))
        sizes = (str(size) for size in (ORIGINAL_BYTES, *RENDITION_BYTES))
        run("fill", var, "-c", FILL, str(given.images), *sizes)
        key = str(var / "secrets" / "backup-key")
        manage = str(ROOT / "manage.py")
        full = run("full backup", var, manage, "backup", "--to", str(place))
        unchanged = run("unchanged backup", var, manage, "backup", "--to", str(place))
        options = ("--from", str(place), "--key-file", key)
        restore = run("restore", empty, manage, "restore", *options)
        sent = sent_bytes(place)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    share = {
        "bytes": sent[1] / sent[0],
        "seconds": unchanged.seconds / full.seconds,
        "cpu": unchanged.cpu_s / full.cpu_s,
    }
    print("unchanged of full    " + ", ".join(f"{name} {of:.1%}" for name, of in share.items()))
    hashed = re.search(r"objects: (all \d+ hashed)", restore.words)
    print(f"restored and compared: {hashed[1] if hashed else restore.words}")
    if given.keep:
        steps = [{**asdict(step), "words": ""} for step in (full, unchanged, restore)]
        result = {"images": given.images, "sent_bytes": sent, "share": share, "steps": steps}
        RESULT.write_text(json.dumps(result, indent=1) + "\n")
    return 0 if hashed and restore.seconds < 600 and share["bytes"] < 0.05 else 1


if __name__ == "__main__":
    sys.exit(main())
