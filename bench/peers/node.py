"""The peers that run on Node, with the packages of `package-lock.json` beside this file."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.servers.ports import free_port, wait_for_port
from tests.servers.processes import Program

HERE: Final = Path(__file__).parent
INSTALLED: Final = HERE.parent.parent / "var" / "bench" / "node"
INSTALL_S: Final = 240
FILES: Final = ("package.json", "package-lock.json", ".npmrc")


class PeerMissing(RuntimeError):
    """A peer cannot be had on this machine; the words say why."""


def installed() -> Path:
    """The directory whose ``node_modules`` has the locked packages; npm brings what is missing.

    Raises `PeerMissing` without Node, or where npm cannot.
    """
    if not shutil.which("npm"):
        raise PeerMissing("Node is not installed")
    lock = (HERE / "package-lock.json").read_bytes()
    stamp = INSTALLED / "node_modules" / ".lock"
    if stamp.exists() and stamp.read_bytes() == lock:
        return INSTALLED
    INSTALLED.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copy(HERE / name, INSTALLED)
    try:
        subprocess.run(
            ["npm", "ci", "--loglevel=error"],
            cwd=INSTALLED,
            check=True,
            timeout=INSTALL_S,
            stdout=sys.stderr,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as exc:
        raise PeerMissing("npm cannot install the locked packages here") from exc
    stamp.write_bytes(lock)
    return INSTALLED


def versions() -> dict[str, str]:
    """The packages that are asked for, and their versions."""
    found: dict[str, str] = json.loads((HERE / "package.json").read_text())["dependencies"]
    return found


@contextmanager
def node_program(
    script: str, environment: Mapping[str, str], directory: Path
) -> Iterator[tuple[Program, str]]:
    """(program, address) of ``script`` of this directory; it listens on the ``PORT`` it is given.

    Raises `PeerMissing`.
    """
    modules, port = installed() / "node_modules", free_port()
    variables = {
        **environment,
        "NODE_ENV": "production",
        "NODE_PATH": str(modules),
        "PORT": str(port),
    }
    program = Program(Path(script).stem, ["node", str(HERE / script)], variables, directory)
    program.start()
    try:
        wait_for_port(port)
        yield program, f"http://127.0.0.1:{port}"
    finally:
        program.stop()
