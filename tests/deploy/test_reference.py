"""docs/deploy-reference.md is what the manifests and the settings say."""

import json

from deploy.k8s.tools import reference, requests
from tests.deploy.workspace import MANIFESTS, ROOT, Workspace


def _page(workspace: Workspace) -> str:
    renders = {name: workspace.render(name) for name in ("platform", "dev")}
    return reference.page(renders, json.loads((ROOT / requests.USED).read_text()))


def test_the_page_is_what_the_manifests_say(workspace: Workspace) -> None:
    assert (ROOT / reference.DOCUMENT).read_text() == _page(workspace), "run `make k8s-reference`"


def test_every_role_part_and_secret_is_on_it(workspace: Workspace) -> None:
    page = _page(workspace)
    for file in (MANIFESTS / "roles").rglob("kustomization.yaml"):
        assert f"| `{file.parent.relative_to(MANIFESTS)}` | " in page
    for file in (MANIFESTS / "parts").glob("*/kustomization.yaml"):
        assert f"| `{file.parent.name}` | " in page
        assert file.read_text().startswith("# "), "the page takes its first line"
    assert "| `gateway` | `django-secret-key`, " in page
