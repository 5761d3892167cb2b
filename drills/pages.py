"""Commands of the pages that an operator reads, run as they stand there on a drill's platform."""

import shlex
import subprocess
from typing import Final

from drills.platform import DrillPlatform
from tests.deploy.remedies import remedies
from tests.servers.processes import ROOT, manage

PLACE: Final = "KIND=signing"
"""What the page has where any kind of key may stand."""


def remedied(platform: DrillPlatform, page: str, command: str) -> str:
    """Run the command of a runbook that is run in a pod of ours, as the role of that pod."""
    one = next(each for each in remedies() if each.page == page and command in each.text)
    role = next(word for word in one.words if word.startswith("deploy/")).removeprefix("deploy/")
    words = one.inside[one.inside.index("manage.py") + 1 :]
    return manage(*words, environment=platform.environment(role))


def key_rotated(platform: DrillPlatform, kind: str, step: str = "") -> None:
    """Do a step of a rotation by the command of docs/deploy.md, with the keys of this platform."""
    line = f"make k8s-rotate-keys {PLACE}{step and f' STEP={step}'}"
    if line not in (ROOT / "docs" / "deploy.md").read_text().splitlines():
        raise LookupError(f"docs/deploy.md does not say `{line}` any more")
    program, *words = shlex.split(line.replace(PLACE, f"KIND={kind}"))
    # What the command is run with is here already, or no drill would run.
    words += ["--old-file=.venv/.runtime", f"SECRETS={platform.secrets}"]
    subprocess.run([program, *words], cwd=ROOT, check=True, capture_output=True)
