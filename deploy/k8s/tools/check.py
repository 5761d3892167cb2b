"""Says what is wrong with an overlay before anything of it is applied: ``make k8s-check``."""

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import yaml

from deploy.k8s.tools.objects import BuildFailed, Object, build, objects, of_kind

MANIFESTS: Final = Path("deploy/k8s")
NAMESPACE: Final = "image-platform"
LABEL: Final = "image-platform/overlay"
HOST: Final = re.compile(
    r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])"
)
LOCAL: Final = "localhost"


def missing_files(manifests: Path) -> list[str]:
    """Secret files that the build needs and that are not there, or are readable by others."""
    credentials = manifests / "credentials"
    if not (credentials / "secrets").is_dir():
        return [f"{credentials / 'secrets'} is missing: `make k8s-secrets` writes a new set"]
    generators = yaml.safe_load((credentials / "kustomization.yaml").read_text())["secretGenerator"]
    found = []
    for name in (name for generator in generators for name in generator["files"]):
        file = credentials / name.rpartition("=")[2]
        if not file.is_file():
            found.append(f"{file} is missing: `make k8s-secrets` adds it")
        elif file.stat().st_mode & 0o077:
            found.append(f"{file} is readable by others: chmod 600 {file}")
    return found


def host_faults(rendered: list[Object]) -> list[str]:
    """Host names that no browser could ask for, or that are still the example's."""
    found = []
    for item in of_kind(rendered, "Ingress", "HTTPRoute"):
        spec = item["spec"]
        hosts = [rule["host"] for rule in spec.get("rules", []) if "host" in rule]
        for host in [*hosts, *spec.get("hostnames", [])]:
            if not HOST.fullmatch(host):
                found.append(f"host={host} is no host name: write it like images.example.org")
            elif host.endswith(("example.com", "example.org")):
                found.append(f"host={host} is an example: write your own into the overlay")
    return found


def image_faults(rendered: list[Object]) -> list[str]:
    """Images that are still in the example's registry."""
    text = json.dumps(rendered)
    return (
        ["registry=registry.example.com is an example: write your own into the overlay"]
        if "registry.example.com/" in text
        else []
    )


def overlay_faults(applied: str, wanted: str, *, over: str = "") -> list[str]:
    """Whether another overlay is in the cluster than ``wanted``, or ``over`` which it replaces.

    ``applied`` is empty when none is.
    """
    if not applied or applied in {wanted, over}:
        return []
    word = f"the overlay {applied} is applied in this cluster; {wanted} over it would mix the two"
    return [f"{word} (docs/deploy.md, “Change the overlay”)"]


def namespace_faults(rendered: list[Object], applied: dict[str, str]) -> list[str]:
    """Namespaces that somebody else has made: everything in them would be cut off or taken over."""
    names = [item["metadata"]["name"] for item in of_kind(rendered, "Namespace")]
    return [
        f"the namespace {name} is there and is not the platform's (docs/deploy.md, “Install”)"
        for name in names
        if applied.get(name) == ""
    ]


def applied_overlays() -> dict[str, str]:
    """The overlay that each namespace of the cluster has by its label; empty without one."""
    done = subprocess.run(
        ["kubectl", "get", "namespaces", "--output=json"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BuildFailed(f"the cluster cannot be asked: {done.stderr.strip()}")
    found = [item["metadata"] for item in json.loads(done.stdout)["items"]]
    return {metadata["name"]: metadata.get("labels", {}).get(LABEL, "") for metadata in found}


def faults(overlay: str, *, manifests: Path, cluster: bool, over: str = "") -> list[str]:
    """Everything that is wrong with ``overlay``; with ``cluster``, also with it in the cluster.

    ``over`` is the overlay that it is about to replace there on purpose.
    """
    found = missing_files(manifests)
    # Without the files nothing can be built, and kustomize names only the first that it misses.
    if any("is missing" in fault for fault in found):
        return found
    try:
        rendered = objects(build(manifests / "overlays" / overlay))
        if cluster:
            applied = applied_overlays()
            found += overlay_faults(applied.get(NAMESPACE, ""), overlay, over=over)
            found += namespace_faults(rendered, applied)
    except BuildFailed as exc:
        return [*found, str(exc)]
    return found + host_faults(rendered) + image_faults(rendered)


def main() -> int:
    """Print the faults; 1 when there are any."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("overlay", nargs="?", default="platform")
    parser.add_argument("--manifests", type=Path, default=MANIFESTS)
    parser.add_argument("--cluster", action="store_true", help="ask the current cluster, too")
    parser.add_argument("--over", default="", help="the overlay that it is to replace")
    given = parser.parse_args()
    found = faults(given.overlay, manifests=given.manifests, cluster=given.cluster, over=given.over)
    for fault in found:
        sys.stderr.write(f"✗ {fault}\n")
    if not found:
        sys.stdout.write(f"✓ The overlay {given.overlay} can be applied.\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
