"""The platform of one checkout, running, for `bench.hop`, which may compare two of them.

Run by its path with the checkout as ``PYTHONPATH``: everything that is imported is the checkout's.
Tells in one line of JSON what to ask and who answers, and ends when standard input does.
"""

import json
import sys
from typing import Any

from tests.servers.person import PHOTOGRAPHS
from tests.servers.platform import Platform, platform
from tests.servers.postgresql import postgresql

EXTRA = {"GATEWAY_READS_PER_MINUTE": "100000000"}
"""One client here reads as much as thousands would."""


def reads_of(split: Platform) -> dict[str, Any]:
    """URLs by the name of the read, the headers of all, and the processes that answer."""
    alice = split.person("alice")
    while alice.send("GET", "/api/v1/presets").status != 200:
        pass  # on a busy machine the first question of a new process may come to nothing
    uploaded = alice.upload(PHOTOGRAPHS / "mountains.jpg").json
    alice.job_ended(uploaded["job"]["id"])
    api = f"{split.address('gateway')}/api/v1"
    programs = {role: split.programs[role].process for role in ("gateway", "images")}
    return {
        "reads": {
            "presets": f"{api}/presets",
            "image with 8 renditions": f"{api}/images/{uploaded['image']['id']}",
            "overview": f"{api}/overview",
        },
        "headers": {"Authorization": f"Bearer {alice.token}"},
        "programs": {role: process.pid for role, process in programs.items() if process},
    }


def main() -> int:
    """Serve until nobody listens any more."""
    with postgresql() as url, platform(url, extra=EXTRA) as split:
        print(json.dumps(reads_of(split)), flush=True)
        sys.stdin.read()
    return 0


if __name__ == "__main__":
    sys.exit(main())
