"""The peers that make pictures over HTTP: imgproxy, thumbor and sharp, each beside a file server.

They take the source from a static nginx, resize and answer with the bytes. imgproxy is a program
of its own: the one on PATH, or built by Go into var/bench where the module, or a checkout named by
``IMGPROXY_SOURCE``, and libvips are there.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from bench.peers.node import PeerMissing, node_program
from tests.servers.ports import free_port, wait_for_port
from tests.servers.processes import Program

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parent.parent
BUILT: Final = ROOT / "var" / "bench"
THUMBOR: Final = BUILT / "thumbor"
IMGPROXY: Final = BUILT / "imgproxy"
IMGPROXY_VERSION: Final = "v4.0.12"
BUILD_S: Final = 900
INSTALL_S: Final = 240


@dataclass(frozen=True)
class Resizer:
    """A running peer: its process, and the address of a width of a source (JPEG, quality 82)."""

    program: Program
    address: Callable[[str, int], str]


@contextmanager
def sharp(directory: Path) -> Iterator[Resizer]:
    """Sharp behind Node's HTTP server, one thread of libvips. Raises `PeerMissing`."""
    with node_program("resize.cjs", {"CONCURRENCY": "1"}, directory) as (program, base):

        def address(source: str, width: int) -> str:
            return f"{base}/?source={quote(source)}&width={width}&format=jpeg&quality=82"

        yield Resizer(program, address)


@contextmanager
def thumbor(directory: Path) -> Iterator[Resizer]:
    """Thumbor with its own defaults, no storage. Raises `PeerMissing`."""
    _thumbor_install()
    port = free_port()
    configuration = directory / "thumbor.conf"
    configuration.write_text(
        "ALLOW_UNSAFE_URL = True\nSTORAGE = 'thumbor.storages.no_storage'\nQUALITY = 82\n"
    )
    command = [str(THUMBOR / "bin" / "thumbor"), "--ip", "127.0.0.1", "--port", str(port)]
    command += ["--conf", str(configuration), "--log-level", "error"]
    program = Program("thumbor", command, {"PYTHONPATH": ""}, directory)

    def address(source: str, width: int) -> str:
        bare = source.removeprefix("http://")
        return f"http://127.0.0.1:{port}/unsafe/{width}x0/filters:format(jpeg)/{bare}"

    with _running(program, port):
        yield Resizer(program, address)


@contextmanager
def imgproxy(directory: Path) -> Iterator[Resizer]:
    """Imgproxy, unsigned, one picture at a time. Raises `PeerMissing`."""
    port = free_port()
    variables = {
        "IMGPROXY_BIND": f"127.0.0.1:{port}",
        "IMGPROXY_WORKERS": "1",
        "IMGPROXY_QUALITY": "82",
        "IMGPROXY_ALLOW_LOOPBACK_SOURCE_ADDRESSES": "true",
        "IMGPROXY_LOG_LEVEL": "error",
        "IMGPROXY_MAX_SRC_RESOLUTION": "100",
    }
    program = Program("imgproxy", [_imgproxy_binary()], variables, directory)

    def address(source: str, width: int) -> str:
        return f"http://127.0.0.1:{port}/insecure/rs:fit:{width}:0/plain/{quote(source)}@jpg"

    with _running(program, port):
        yield Resizer(program, address)


RESIZERS: Final[Mapping[str, Callable[[Path], AbstractContextManager[Resizer]]]] = {
    "imgproxy": imgproxy,
    "thumbor": thumbor,
    "sharp": sharp,
}


@contextmanager
def _running(program: Program, port: int) -> Iterator[None]:
    program.start()
    try:
        wait_for_port(port)
        yield
    finally:
        program.stop()


def _thumbor_install() -> None:
    lock = HERE / "thumbor.lock"
    stamp = THUMBOR / ".lock"
    if stamp.exists() and stamp.read_bytes() == lock.read_bytes():
        return
    uv = str(Path(sys.executable).parent / "uv")
    python = str(THUMBOR / "bin" / "python")
    install = [uv, "pip", "install", "-q", "--python", python, "--require-hashes", "-r", str(lock)]
    try:
        for command in ([uv, "venv", "-q", "--clear", str(THUMBOR)], install):
            subprocess.run(command, check=True, timeout=INSTALL_S, stdout=sys.stderr)
    except (OSError, subprocess.SubprocessError) as exc:
        raise PeerMissing("its packages cannot be installed here") from exc
    stamp.write_bytes(lock.read_bytes())


def _imgproxy_binary() -> str:
    """Raises `PeerMissing`."""
    if found := shutil.which("imgproxy"):
        return found
    if IMGPROXY.exists():
        return str(IMGPROXY)
    if not shutil.which("go"):
        raise PeerMissing("not built here: there is no Go")
    if subprocess.run(["pkg-config", "--exists", "vips"], check=False).returncode:
        raise PeerMissing("not built here: libvips has no headers (libvips-dev)")
    BUILT.mkdir(parents=True, exist_ok=True)
    source = os.environ.get("IMGPROXY_SOURCE")
    try:
        if source:
            build = ["go", "build", "-o", str(IMGPROXY), "./cli"]
            subprocess.run(build, cwd=source, check=True, timeout=BUILD_S, stdout=sys.stderr)
        else:
            module = f"github.com/imgproxy/imgproxy/v4/cli@{IMGPROXY_VERSION}"
            variables = {**os.environ, "GOBIN": str(BUILT / "go")}
            subprocess.run(
                ["go", "install", module],
                env=variables,
                check=True,
                timeout=BUILD_S,
                stdout=sys.stderr,
            )
            (BUILT / "go" / "cli").rename(IMGPROXY)
    except (OSError, subprocess.SubprocessError) as exc:
        raise PeerMissing("not built here: Go has neither its module nor a checkout") from exc
    return str(IMGPROXY)
