"""Starts one container as a kubelet's runtime would: run by root in a mount namespace of its own.

Reads a JSON description, mounts what the manifest mounts on a read-only root, gives up every right,
and becomes the program. Stands alone: it is run by file name, before any environment exists.
"""

import ctypes
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

PR_SET_NO_NEW_PRIVS = 38
PR_CAPBSET_DROP = 24
LAST_CAPABILITY = 40


def mount(*arguments: str) -> None:
    """Run mount(8)."""
    subprocess.run(["mount", *arguments], check=True)


def assemble(container: dict[str, Any]) -> Path:
    """The container's root: the image below, nothing kept above, every volume in its place."""
    work = Path(container["work"])
    mount("--make-rprivate", "/")
    mount("-t", "tmpfs", "tmpfs", str(work))
    root, upper, scratch = (work / name for name in ("root", "upper", "scratch"))
    for directory in (root, upper, scratch):
        directory.mkdir()
    options = f"lowerdir={container['image']},upperdir={upper},workdir={scratch}"
    mount("-t", "overlay", "overlay", "-o", options, str(root))
    for volume in container["mounts"]:
        target = root / volume["path"].lstrip("/")
        target.mkdir(parents=True, exist_ok=True)
    for file in ("etc/resolv.conf", "etc/hosts"):
        (root / file).unlink(missing_ok=True)
        (root / file).write_text(container["files"][file])
    for name in ("proc", "dev"):
        (root / name).mkdir(exist_ok=True)
    mount("-t", "proc", "proc", str(root / "proc"))
    mount("--rbind", "/dev", str(root / "dev"))
    mount("-t", "tmpfs", "-o", "mode=1777,size=64m", "shm", str(root / "dev/shm"))
    if container["read_only"]:
        mount("-o", "remount,bind,ro", str(root))
    for volume in container["mounts"]:
        target = str(root / volume["path"].lstrip("/"))
        mount("--bind", volume["source"], target)
        if volume["read_only"]:
            mount("-o", "remount,bind,ro", target)
    return root


def give_up_rights(user: int, group: int, volumes_group: int | None) -> None:
    """No capability, none to be had again, and the user, group and extra group of the pod."""
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in range(LAST_CAPABILITY + 1):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    os.setgroups([volumes_group] if volumes_group is not None else [])
    os.setresgid(group, group, group)
    os.setresuid(user, user, user)


def main() -> None:
    """Become the program."""
    container = json.loads(Path(sys.argv[1]).read_text())
    root = assemble(container)
    for stream in (1, 2):
        os.fchown(stream, container["user"], container["group"])  # as runc does
    os.chroot(root)
    os.chdir(container["directory"])
    give_up_rights(container["user"], container["group"], container["volumes_group"])
    os.umask(0o022)
    os.execvpe(  # noqa: S606 - the point is to become it
        container["command"][0], container["command"], container["environment"]
    )


if __name__ == "__main__":
    main()
