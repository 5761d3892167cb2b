"""VersityGW as a process: an S3 server over a directory, built once by `.ci/store`."""

import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Final

from tests import needs
from tests.servers.processes import ROOT, Program

BUILT: Final = ROOT / "var" / "tools" / "versitygw"


@cache
def executable() -> str:
    """The program. `make test` has built it; a test that is run alone builds it now."""
    if not BUILT.exists():
        script = ["sh", str(ROOT / ".ci" / "store")]
        done = subprocess.run(script, stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            needs.missing(f"there is no S3 server: {done.stderr.strip()}")
    return str(BUILT)


def store_program(
    directory: Path,
    *,
    port: int,
    key_id: str,
    key: str,
    host: str = "127.0.0.1",
    iam_socket: Path | None = None,
    users: Path | None = None,
) -> Program:
    """The server of whatever lies below ``directory``, which its objects outlive.

    ``key_id`` and ``key`` are its owner's. Other users come from the service of `iam_program` at
    ``iam_socket``, or are kept in the directory ``users``; without either there are none.
    """
    buckets = directory / "buckets"
    buckets.mkdir(exist_ok=True)
    command = [
        *(executable(), "--port", f"{host}:{port}", "--keep-alive", "--health", "/healthz"),
        *(("--iam-standalone-endpoint", str(iam_socket)) if iam_socket else ()),
        *(("--iam-dir", str(users), "--iam-cache-disable") if users else ()),
        *("posix", *_sidecar(directory), str(buckets)),
    ]
    return Program("s3", command, _owner(key_id, key), directory)


def administer(endpoint: str, *words: str, key_id: str, key: str) -> None:
    """One command of its owner about users that are kept in a directory."""
    command = [executable(), "admin", "--endpoint-url", endpoint]
    owner = ("--access", key_id, "--secret", key)
    done = subprocess.run([*command, *owner, *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{words[0]} has failed: {done.stderr}{done.stdout}")


def iam_program(directory: Path, *, port: int, socket: Path, key_id: str, key: str) -> Program:
    """The server's users and their policies, by AWS's API of IAM on ``port``."""
    users = directory / "users"
    users.mkdir(exist_ok=True)
    command = [
        *(executable(), "--port", f"127.0.0.1:{port}", "--health", "/healthz"),
        *("iam", "--dir", str(users), "--private-ports", str(socket)),
    ]
    return Program("iam", command, _owner(key_id, key), directory)


def _owner(key_id: str, key: str) -> dict[str, str]:
    return {"ROOT_ACCESS_KEY_ID": key_id, "ROOT_SECRET_ACCESS_KEY": key}


def _sidecar(directory: Path) -> tuple[str, ...]:
    """What the server keeps of each object stands in the file's attributes, if it can have some."""
    try:
        os.setxattr(directory, "user.probe", b"1")
    except (OSError, AttributeError):  # a memory file system; a system without such calls
        beside = directory / "attributes"
        beside.mkdir(exist_ok=True)
        return ("--sidecar", str(beside))
    os.removexattr(directory, "user.probe")
    return ()
