"""A copy of the manifests with throw-away secrets, for builds that nobody applies."""

import shutil
from pathlib import Path
from typing import Final

from platform_site.secrets import archive, generation

MANIFESTS: Final = Path(__file__).resolve().parents[1]


def manifests_copy(directory: Path) -> Path:
    """Copy the manifests, and what they refer to, below ``directory``; returns where they are.

    A build needs a file for each secret. Those of an operator stay where they are: a page or a test
    that was made from them would differ from machine to machine.
    """
    manifests = directory / "deploy" / "k8s"
    shutil.copytree(MANIFESTS, manifests, ignore=shutil.ignore_patterns("secrets", "__pycache__"))
    # Kustomize reads a directory outside of its root only as a kustomization of its own.
    grafana = MANIFESTS.parent / "grafana"
    shutil.copytree(grafana, directory / "deploy" / "grafana")
    credentials = manifests / "credentials"
    for role, files in generation.cluster(generation.KeyMaterial()).items():
        generation.write(credentials / "secrets" / role, files)
    store = dict.fromkeys(archive.STORE, "of-nobody")
    generation.write(
        manifests / "components" / "backup" / "secrets", {**archive.key_material(), **store}
    )
    generation.write(credentials / "registry" / "secrets", {"config.json": '{"auths": {}}'})
    return manifests
