"""A role's list of Kustomize parts says the same as the imports of its settings: who holds what."""

import ast
import re
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.deploy.workspace import MANIFESTS, ROOT

SETTINGS: Final = ROOT / "platform_site" / "settings"
ROLES: Final = {
    # Each role of the Django project, and the list of its parts.
    re.findall(r"ROLE=(\w+)", text)[0]: file
    for file in sorted((MANIFESTS / "roles").rglob("kustomization.yaml"))
    if "parts/django\n" in (text := file.read_text())
}
OF_THE_POD: Final = {
    # A part without a module of settings: what it gives belongs to the pod or to `base`.
    "django": "runs the settings module; base reads HOST and the secret key",
    "http-port": "a Service and probes",
    "metrics-port": "base reads METRICS_PORT",
    "autoscaling": "an autoscaler and a disruption budget",
    "public-host": "base reads ALLOWED_HOSTS, PUBLIC_URL and what else a proxy in front needs",
    "jwks-url": "token_verifier reads it where there is one",
    "role-name": "writes the names",
}
OF_THE_CODE: Final = {
    # A module of settings without a part: it takes nothing from the cluster.
    "accounts": "hashing and limits",
    "django_admin": "Django's own applications",
    "images": "limits of decoding, the same wherever it runs",
    "static_files": "files of the image",
    "uploads": "the largest file, which comes with public-host",
}
LEFT_OUT: Final = {
    ("worker", "cors"): "it answers no request, but has the settings of images",
}


def modules(file: Path) -> set[str]:
    """The parts that a settings module imports, and those of a role that it builds on."""
    found: set[str] = set()
    for node in ast.parse(file.read_text()).body:
        if not isinstance(node, ast.ImportFrom) or node.level != 1 or not node.module:
            continue
        package, _, name = node.module.rpartition(".")
        if package == "parts":
            found.add(name)
        elif node.module != "base":
            found |= modules(SETTINGS / f"{node.module}.py")
    return found


def kustomization(file: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(file.read_text())
    return loaded


def parts(role: str) -> set[str]:
    return {Path(path).name for path in kustomization(ROLES[role])["components"]}


def test_every_role_of_the_project_has_a_manifest() -> None:
    """The embedded role is the others in one process, and the last three are Jobs."""
    settings = {file.stem for file in SETTINGS.glob("[a-z]*.py")}
    assert settings - {"base", "embedded", "test_embedded", "migrate", "backup", "rollout"} == set(
        ROLES
    )


@pytest.mark.parametrize("role", ROLES)
def test_a_role_has_the_parts_that_its_settings_read(role: str) -> None:
    read = modules(SETTINGS / f"{role}.py")
    expected = {
        name.replace("_", "-") for name in read - set(OF_THE_CODE) if (role, name) not in LEFT_OUT
    }
    assert parts(role) - set(OF_THE_POD) == expected


def test_each_exception_is_needed() -> None:
    every = {path.stem for path in (SETTINGS / "parts").glob("*.py")}
    assert set(OF_THE_CODE) <= every
    assert set(OF_THE_POD) <= {path.name for path in (MANIFESTS / "parts").iterdir()}
    assert not set(OF_THE_POD) & {name.replace("_", "-") for name in every}
    for role, part in LEFT_OUT:
        assert part in modules(SETTINGS / f"{role}.py")
        assert part not in parts(role)


def test_a_part_that_stands_in_for_another_says_the_same() -> None:
    """`upstreams` brings `images-upstream` along, in the settings as in the manifests."""
    file = MANIFESTS / "parts" / "upstreams" / "kustomization.yaml"
    assert "images_upstream" in (SETTINGS / "parts" / "upstreams.py").read_text()
    assert kustomization(file)["components"] == ["../images-upstream"]


def test_only_what_is_applied_stands_among_the_overlays() -> None:
    """What has a line for the registry is a whole platform; a role is none."""
    for file in (MANIFESTS / "overlays").glob("*/kustomization.yaml"):
        assert "  - registry=" in file.read_text(), file
    nested = {path for path in (MANIFESTS / "overlays").rglob("*") if path.is_dir()}
    assert {path.parent.name for path in nested} == {"overlays"}
