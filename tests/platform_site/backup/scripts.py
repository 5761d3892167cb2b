"""Scripts that a process of the platform runs: one with rows and objects, and the commands."""

import json
from collections.abc import Mapping
from pathlib import Path

from tests.platform_site.roles import python

PRELUDE = """
import json, sys, io
import django
django.setup()
from django.core.management import call_command
from django.core.management.base import CommandError

def run(*arguments):
    said = io.StringIO()
    try:
        call_command(*arguments, stdout=said)
    except CommandError as exc:
        return [said.getvalue(), str(exc)]
    return [said.getvalue(), ""]

"""
PLATFORM = """
import hashlib
from io import BytesIO
from images import storage
from images.models import Image, Rendition, Export, Job
from uuid import uuid4

call_command("migrate", verbosity=0)

def put(key, content):
    storage.bytes_put(key, content, content_type="image/png")
    return {"storage_key": key, "bytes": len(content), "mime": "image/png"}

owner = uuid4()
for number in range(12):
    picture = b"picture %d" % number * 20_000
    image = Image(owner_id=owner, filename="a.png", format="png", width=1, height=1, id=uuid4(),
                  sha256=hashlib.sha256(picture).hexdigest(), state="ready")
    for name, value in put(f"originals/{image.id}", picture).items():
        setattr(image, name, value)
    image.save()
    small = b"small %d" % number
    kept = put(f"renditions/{image.id}/x.png", small)
    for spec in ("one", "two"):
        Rendition.objects.create(image=image, spec=spec, format="png", state="ready",
                                 checksum=hashlib.sha256(small).hexdigest(), **kept)
    Rendition.objects.create(image=image, spec="open", format="png", storage_key="none yet")
purged = Image.objects.first()
Image.objects.filter(id=purged.id).update(state="purged")
storage.renditions_delete(purged.id)
job = Job.objects.create(kind="export", owner_id=owner, queue="bulk", state="succeeded")
from django.utils import timezone
export = Export.objects.create(owner_id=owner, job=job, bytes=7, checksum="1" * 64,
    ready_at=timezone.now(), expires_at=timezone.now() + timezone.timedelta(days=1))
storage.bytes_put(f"exports/{export.id}.zip", b"archive", content_type="application/zip")
storage.bytes_put("originals/of-no-row", b"left over", content_type="image/png")
"""
RESTORE = """
found = [run("restore", *words.split()) for words in sys.argv[1:]]
from django.conf import settings
var = getattr(settings, "VAR_DIR", None)
print(json.dumps([*found, [json.dumps(sorted(
    str(file.relative_to(var)) for file in var.rglob("*")
    if file.is_file() and "secrets" not in str(file)) if var else []), ""]]))
"""


def embedded(var: Path) -> dict[str, str]:
    """The environment of the embedded platform in ``var``."""
    return {
        "DJANGO_SETTINGS_MODULE": "platform_site.settings.embedded",
        "VAR_DIR": str(var),
        "LOG_LEVEL": "ERROR",
    }


def told(script: str, environment: Mapping[str, str], *arguments: str) -> list[list[str]]:
    """What each command of ``script`` said, and why it stopped."""
    done = python("-c", PRELUDE + script, *arguments, environment=environment, timeout_s=300)
    assert done.returncode == 0, done.stderr
    found: list[list[str]] = json.loads(done.stdout.splitlines()[-1])
    return found
