"""People with many images: one that was uploaded, and rows that share its files."""

import os
import subprocess
import sys

from tests.browser.site import Site
from tests.servers.person import PHOTOGRAPHS, Person
from tests.servers.processes import KEPT, ROOT


def owner_of_many(site: Site, name: str, copies: int) -> Person:
    """Somebody with ``copies`` images, "Image 1" the newest of them, beside the one uploaded."""
    person = site.person(name)
    stored = person.upload(PHOTOGRAPHS / "dandelion-alpha.png", presets="thumb").json
    assert person.job_ended(stored["job"]["id"])["state"] == "succeeded"
    environment = {key: os.environ[key] for key in KEPT if key in os.environ}
    environment |= {
        **site.environment(),
        "DJANGO_SETTINGS_MODULE": "platform_site.settings.embedded",
        "SEED_IMAGE": stored["image"]["id"],
        "SEED_COUNT": str(copies),
    }
    seeding = [sys.executable, "-m", "tests.browser.seeding"]
    done = subprocess.run(
        seeding, env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return person
