"""Writes docs/deploy-reference.md from the manifests and the settings: ``make k8s-reference``.

Says on the way which connections the new page has more or fewer: a firewall is not changed by the
way, so whoever made the page anew reads it there.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import django
import yaml

from deploy.k8s.tools import picture, requests
from deploy.k8s.tools.connections import committed, edges_table, words_of_change
from deploy.k8s.tools.network import edges
from deploy.k8s.tools.objects import Object, build, objects
from deploy.k8s.tools.scratch import MANIFESTS, manifests_copy

DOCUMENT: Final = Path("docs/deploy-reference.md")
INTRODUCTION: Final = """\
<!-- Made by `make k8s-reference` from the manifests and the settings; a test compares. -->
# Deployment reference

The tables behind [Deploying](deploy.md). Variables have a page of their own
([configuration](configuration.md)), and so have third-party images ([images](images.md)).
"""
CONNECTIONS: Final = """\
Everything that is in neither of the two tables is denied, both ways, in both namespaces. They are
computed from the rendered NetworkPolicies, for every port that any policy names and for one that
none does. “internet” stands for every public address, “anywhere” for those and every other: the API
server and the nodes' kubelets are no pods, so their callers are let out on their ports.
"""
BOUNDS: Final = """\
Beyond what it holds at rest. The memory limit of a pod is the sum of both, times its processes; a
test computes it.
"""


def page(renders: Mapping[str, Sequence[Object]], used: Mapping[str, Any]) -> str:
    """The whole document; ``renders`` has the objects of the overlays ``platform`` and ``dev``."""
    # `dev` has no monitoring, so what it allows is what every overlay allows.
    everywhere = edges(renders["dev"])
    blocks = [
        INTRODUCTION,
        "## What runs\n",
        "Without DNS, which callers may ask, and Prometheus, which reads metrics.\n",
        picture.picture(renders["platform"]),
        "## Roles\n",
        *_table(("Directory", "What it is", "Parts"), _roles()),
        "## Parts\n",
        *_table(("Part", "What it adds"), _parts()),
        "## Secrets\n",
        "Files of `deploy/k8s/credentials/secrets/`, which `make k8s-secrets` writes.\n",
        *_table(("Secret", "Files"), _secrets()),
        "## Allowed connections\n",
        CONNECTIONS,
        "### In every overlay\n",
        edges_table(everywhere),
        "### With monitoring\n",
        edges_table(edges(renders["platform"]) - everywhere),
        "## Requests and use\n",
        requests.table(renders["platform"], used),
        "## What one process may hold\n",
        BOUNDS,
        *_table(("Role", "Thing | Bytes of one | At once"), _bounds()),
    ]
    return "\n".join(blocks).rstrip("\n") + "\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    columns = " | ".join(head).count("|") + 1
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * columns}"]
    return [*lines, *(f"| {' | '.join(row)} |" for row in rows), ""]


def _roles() -> Iterable[Sequence[str]]:
    for file in sorted((MANIFESTS / "roles").rglob("kustomization.yaml")):
        name = file.parent.relative_to(MANIFESTS)
        listed = yaml.safe_load(file.read_text(encoding="utf-8"))
        paths = [*listed.get("components", []), *(listed.get("resources", []))]
        parts = [Path(path).name for path in paths if not path.endswith((".yaml", "/base"))]
        yield f"`{name}`", _comment(file), ", ".join(parts)


def _parts() -> Iterable[Sequence[str]]:
    for file in sorted((MANIFESTS / "parts").glob("*/kustomization.yaml")):
        yield f"`{file.parent.name}`", _comment(file)


def _secrets() -> Iterable[Sequence[str]]:
    file = MANIFESTS / "credentials" / "kustomization.yaml"
    for secret in yaml.safe_load(file.read_text(encoding="utf-8"))["secretGenerator"]:
        names = [Path(name).name for name in secret["files"]]
        yield f"`{secret['name']}`", ", ".join(f"`{name}`" for name in names)


def _comment(file: Path) -> str:
    """The first line of a manifest, which says what it is."""
    return file.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")


def _bounds() -> Iterable[Sequence[str]]:
    from deploy.k8s.tools import bounds  # noqa: PLC0415 - reads Django's settings

    for role in bounds.ROLES:
        for holding in bounds.held(role):
            yield role, holding.row


def main() -> int:
    """Write the page; with ``--top`` the measurement first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--top", type=Path, help="output of kubectl top pods -A --containers")
    parser.add_argument("--day", default="", help="when it was measured")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        # The defaults of every role together, without a variable of this shell's.
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "platform_site.settings.embedded",
            "VAR_DIR": directory,
        }
        django.setup()
        overlays = manifests_copy(Path(directory)) / "overlays"
        renders = {name: objects(build(overlays / name)) for name in ("platform", "dev")}
        if given.top:
            measured = requests.of_top(given.top.read_text(), given.day, renders["platform"])
            requests.USED.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
        used = json.loads(requests.USED.read_text(encoding="utf-8"))
        text = page(renders, used)
    before = DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.exists() else ""
    DOCUMENT.write_text(text, encoding="utf-8")
    sys.stdout.writelines(words_of_change(committed(before), committed(text)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
