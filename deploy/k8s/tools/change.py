"""Works out, from two renders, what a change of the overlay does; `change_overlay.sh` does it.

Everything is written before the first step, so that no render can fail half-way.
"""

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import yaml

from deploy.k8s.tools.check import MANIFESTS
from deploy.k8s.tools.objects import Object, build, objects, of_kind

GUARD: Final = ("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding")
ROLLED: Final = ("Deployment", "StatefulSet", "DaemonSet")
KEPT: Final = ("Namespace", "PersistentVolumeClaim")
MUTABLE: Final = frozenset(
    {
        *("replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit"),
        *("persistentVolumeClaimRetentionPolicy", "minReadySeconds"),
    }
)
"""What Kubernetes lets an apply change in a StatefulSet."""


def reference(item: Object) -> str:
    """How kubectl names the object: its namespace (``-`` without), then kind and name."""
    group, _, version = item["apiVersion"].rpartition("/")
    kind = f"{item['kind'].lower()}.{group}" if version and group else item["kind"].lower()
    metadata = item["metadata"]
    return f"{metadata.get('namespace', '-')} {kind}/{metadata['name']}"


def leftovers(old: Iterable[Object], new: Iterable[Object]) -> list[str]:
    """What only the old overlay has; never a namespace or a claim, for they hold the data."""
    stays = {reference(item) for item in new}
    gone = [reference(item) for item in old if item["kind"] not in KEPT]
    return [item for item in gone if item not in stays]


def remade(old: Iterable[Object], new: Iterable[Object]) -> list[str]:
    """StatefulSets that no apply can turn into those of the new overlay."""
    before = {reference(item): _fixed(item) for item in of_kind(old, "StatefulSet")}
    return [
        reference(item)
        for item in of_kind(new, "StatefulSet")
        if before.get(reference(item), _fixed(item)) != _fixed(item)
    ]


def rehearsal(new: Iterable[Object], *, without: Iterable[str]) -> list[Object]:
    """What the server is asked to accept before anything is changed: what an apply can change."""
    # A dry run of a Job that is there fails on its template, and one of a StatefulSet that must be
    # made anew on its volumes: both are deleted before the real apply, so neither says anything.
    left_out = set(without)
    return [i for i in new if i["kind"] != "Job" and reference(i) not in left_out]


def _fixed(item: Object) -> Object:
    """The part that cannot be changed; labels of a claim's template are among it."""
    return {key: value for key, value in item["spec"].items() if key not in MUTABLE}


def write_plan(old: list[Object], new: list[Object], directory: Path) -> None:
    """One file for each thing that the script needs; lists have one object a line."""
    again = remade(old, new)
    namespaces = {item["metadata"]["name"]: None for item in of_kind([*old, *new], "Namespace")}
    lists = {
        "namespaces": list(namespaces),
        "remade": again,
        "rollouts": [reference(item) for item in of_kind(new, *ROLLED)],
        "leftovers": leftovers(old, new),
    }
    for name, lines in lists.items():
        (directory / name).write_text("".join(f"{line}\n" for line in lines))
    streams = {
        "old-guard.yaml": of_kind(old, *GUARD),
        "new-guard.yaml": of_kind(new, *GUARD),
        "rehearsal.yaml": rehearsal(new, without=again),
    }
    for name, items in streams.items():
        (directory / name).write_text(yaml.safe_dump_all(items))


def main() -> None:
    """Write the plan of going from one overlay to another into a directory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("old")
    parser.add_argument("new")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--manifests", type=Path, default=MANIFESTS)
    given = parser.parse_args()
    old, new = (
        objects(build(given.manifests / "overlays" / name)) for name in (given.old, given.new)
    )
    write_plan(old, new, given.directory)


if __name__ == "__main__":
    main()
