"""Where the processor time of one read goes: exclusive thread time by part of each role.

Each role that answers the read runs with one process and a clock around the functions of
`bench.probed.parts`; time is the thread's own, so waiting costs nothing, and what a part calls in
another part is that part's. Run ``python -m bench probe gateway/image``; without a read it lists
them. ``--part NAME=package.module:*`` (or ``package.module.Class.method``) adds one.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from bench.cpu import children_of
from bench.load import load
from bench.probed.server import ACCOUNT, MORE, RESET, TELL
from bench.served import IMAGES, Read, Served, served
from tests.servers.processes import Program, wait_until_ready

SERVER: Final = (sys.executable, "-m", "gunicorn", "-c", "python:bench.probed.server")
OF_MANY: Final = ("list", "overview", "jobs")
"""The reads of which it matters how many images there are."""
WARM_S: Final = 1.0
TELL_S: Final = 10.0


def account_of(served_now: Served, role: str) -> Path:
    """The file in which a probed role's table is found."""
    return served_now.split.directory / f"probe-{role}.json"


def probed_start(now: Served, role: str, more: Sequence[tuple[str, str]]) -> None:
    """Replace ``role`` by one of one process under the clock."""
    now.split.programs[role].stop()
    environment = {
        **now.split.environment(role),
        "WEB_WORKERS": "1",
        ACCOUNT: str(account_of(now, role)),
        MORE: json.dumps(more),
    }
    program = Program(role, SERVER, environment, now.split.directory)
    now.split.programs[role] = program
    program.start()
    wait_until_ready(program, f"{now.split.address(role)}/readyz")


def told(now: Served, role: str) -> dict[str, Any]:
    """The table of a probed role since it was reset. Raises ``TimeoutError``."""
    file = account_of(now, role)
    _signal(now, role, TELL)
    deadline = time.monotonic() + TELL_S
    while not file.exists():
        if time.monotonic() > deadline:
            raise TimeoutError(now.split.programs[role].words())
        time.sleep(0.05)
    account: dict[str, Any] = json.loads(file.read_text())
    file.unlink()
    return account


def _signal(now: Served, role: str, number: int) -> None:
    for pid in children_of(now.pid(role)):
        os.kill(pid, number)


def probe(
    now: Served, read: Read, *, seconds: float, connections: int
) -> tuple[int, dict[str, dict[str, Any]]]:
    """(requests, table by role) of one read; the roles that answer it are probed already."""
    options: dict[str, Any] = {"connections": connections, "bodies": read.bodies}
    load(read.url, read.headers, seconds=WARM_S, **options)
    for role in read.roles:
        _signal(now, role, RESET)
    outcome = load(read.url, read.headers, seconds=seconds, **options)
    if outcome.refused:
        raise RuntimeError(f"{outcome.refused} of {outcome.requests} requests were refused.")
    return outcome.requests, {role: told(now, role) for role in read.roles}


def rows(account: Mapping[str, Any], requests: int) -> list[tuple[str, float, float]]:
    """(part, calls a request, microseconds a request), the dearest first, then the rest.

    The rest is what the process took outside of every part, the interpreter's lock included.
    """
    found = [
        (part, calls / requests, ns / 1000 / requests)
        for part, (calls, ns) in account["parts"].items()
    ]
    found.sort(key=lambda row: -row[2])
    whole_us = account["process_ns"] / 1000 / requests
    rest_us = whole_us - sum(us for _, _, us in found)
    return [*found, ("outside of every part", 0.0, rest_us), ("the process", 0.0, whole_us)]


def show(role: str, account: Mapping[str, Any], requests: int) -> None:
    """Print one role's table."""
    print(f"\n{role}: {requests} requests\n{'part':28} {'calls':>7} {'µs':>9}")
    for part, calls, us in rows(account, requests):
        print(f"{part:28} {calls or '':7.4} {us:9.1f}" if calls else f"{part:36} {us:9.1f}")
    print(f"not there, so not wrapped: {', '.join(account['missing']) or 'nothing'}")


def _part(text: str) -> tuple[str, str]:
    part, found, name = text.partition("=")
    if not found:
        raise argparse.ArgumentTypeError("NAME=package.module.function")
    return part, name


def main() -> int:
    """Take the options of the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench probe", description=__doc__)
    parser.add_argument("reads", nargs="*", help="as bench reads names them: gateway/image")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--part", type=_part, action="append", default=[], help="one more part")
    asked = parser.parse_args()
    is_list = any(name.partition("/")[2] in OF_MANY for name in asked.reads)
    with served(images=IMAGES if is_list else 1) as now:
        there = {read.name: read for read in now.reads()}
        if unknown := set(asked.reads) - set(there) or not asked.reads:
            print(f"Unknown: {unknown}. The reads: {', '.join(there)}", file=sys.stderr)
            return 2
        for role in sorted({role for name in asked.reads for role in there[name].roles}):
            probed_start(now, role, asked.part)
        for name in asked.reads:
            read = {read.name: read for read in now.reads()}[name]
            requests, tables = probe(
                now, read, seconds=asked.seconds, connections=asked.connections
            )
            print(f"\n{name}")
            for role, account in tables.items():
                show(role, account, requests)
    return 0


if __name__ == "__main__":
    sys.exit(main())
