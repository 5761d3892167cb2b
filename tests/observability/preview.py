"""Draws every dashboard from the platform of the tests: ``python -m tests.observability.preview``.

Starts the whole, makes an ordinary and a bad day of traffic, and writes a picture for each
dashboard into ``var/dashboards``, or into the directory that is named.
"""

import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from deploy.grafana.source.preview import main as draw
from tests.observability.stack import Stack, monitored_platform
from tests.observability.traffic import bad_day, ordinary_day, over_the_limit
from tests.servers.person import Person
from tests.servers.postgresql import postgresql
from tests.servers.processes import ROOT

DEFAULT: Final = ROOT / "var" / "dashboards"
BUSY_S: Final = 60.0


def busy(stack: Stack) -> None:
    """A minute of people who look at their pictures, beside everything else."""
    people = [stack.person(name) for name in ("alice", "bob", "carol")]
    end = time.monotonic() + BUSY_S

    def look(person: Person) -> None:
        while time.monotonic() < end:
            for path in ("/api/v1/images", "/api/v1/usage", "/auth/profile", "/api/v1/jobs"):
                person.send("GET", path)
            time.sleep(0.05)

    with ThreadPoolExecutor(len(people)) as threads:
        looking = [threads.submit(look, person) for person in people]
        ordinary_day(stack, people[0])
        over_the_limit(stack)
        bad_day(stack, people[0])
        for task in looking:
            task.result()
    time.sleep(6)


def main(target: Path) -> None:
    """Run the platform, use it, and draw."""
    directory = Path(tempfile.mkdtemp(prefix="image-platform-preview-"))
    with postgresql() as url, monitored_platform(url, directory) as stack:
        started = time.time()
        busy(stack)
        address = f"http://127.0.0.1:{stack.ports['prometheus']}"
        draw(address, target, seconds=time.time() - started + 10)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT)
