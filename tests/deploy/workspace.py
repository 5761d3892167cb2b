"""A copy of the manifests with throw-away key material, where a test may build and break things."""

import shutil
import subprocess
import sys
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from deploy.k8s.tools import objects, scratch
from tests.needs import missing

ROOT: Final = Path(__file__).resolve().parents[2]
MANIFESTS: Final = ROOT / "deploy" / "k8s"
OVERLAYS: Final = ("platform", "dev", "headless")
_WORKER: Final = MANIFESTS / "roles" / "worker" / "kustomization.yaml"
POOLS: Final[tuple[str, ...]] = tuple(yaml.safe_load(_WORKER.read_text())["resources"])
"""Deployments of the worker. Each has the name of a queue, and may read more than that one."""
WORKERS: Final = tuple(f"worker-{pool}" for pool in POOLS)


def kubectl_is_needed() -> None:
    """Leave the test out where kubectl is missing, and say why."""
    if shutil.which("kubectl") is None:
        missing("kubectl is missing, so the manifests were not checked: install it and run again")


class Workspace:
    """The manifests in a directory of the test run."""

    def __init__(self, directory: Path) -> None:
        self.manifests = scratch.manifests_copy(directory)
        self.secrets = self.manifests / "credentials" / "secrets"
        self._cached = cache(self.build)
        self._parsed = cache(lambda overlay: objects.objects(self.text(overlay)))

    def build(self, path: str) -> str:
        """Build ``path`` under the manifests anew."""
        return objects.build(self.manifests / path)

    def render(self, overlay: str) -> list[objects.Object]:
        """The objects of an overlay; a copy, so that a test may mutate it."""
        return deepcopy(self._parsed(overlay))

    def text(self, overlay: str) -> str:
        """The rendered stream of an overlay."""
        return self._cached(f"overlays/{overlay}")


def tool(name: str) -> Path:
    """The program ``name`` in an environment of its own, made once from its hashed lock file."""
    lock = Path(__file__).with_name(f"requirements-{name}.lock")
    home = ROOT / "var" / "tools" / name
    stamp = home / lock.name
    if not stamp.exists() or stamp.read_bytes() != lock.read_bytes():
        shutil.rmtree(home, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        install = [str(home / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, "--require-hashes", "--no-deps", "-r", str(lock)], check=True)
        shutil.copyfile(lock, stamp)
    return home / "bin" / name


def named(rendered: list[objects.Object], kind: str, name: str) -> objects.Object:
    """The one object of that kind and name."""
    (found,) = [i for i in objects.of_kind(rendered, kind) if i["metadata"]["name"] == name]
    return found


def program(directory: Path, name: str, script: str) -> None:
    """Write a shell script that stands for the program ``name``."""
    file = directory / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
