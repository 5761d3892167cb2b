"""Who stands before the platform is three lines of the overlay; each row of the page renders."""

import re
from dataclasses import dataclass

import pytest

from deploy.k8s.tools import objects
from deploy.k8s.tools.network import Peer, edges
from deploy.k8s.tools.objects import Object, of_kind
from tests.deploy.components import LAST, USES
from tests.deploy.workspace import ROOT, Workspace

TEXT = (ROOT / "docs" / "deploy.md").read_text()
ROW = re.compile(
    r"^\| (?P<kind>Gateway API|Ingress) \| (?P<name>[\w ]+) \| `(?P<class>[\w-]+)` "
    r"\| `(?P<namespace>[\w-]+)` \| `(?P<pods>[\w./-]+=[\w-]+)` \|",
    re.MULTILINE,
)
LITERALS = (
    "edge-class=traefik",
    "edge-namespace=traefik",
    "edge-pods=app.kubernetes.io/name=traefik",
)


@dataclass(frozen=True)
class Controller:
    """One row: the class, and where the pods are that connect."""

    kind: str
    name: str
    ingress_class: str
    namespace: str
    pods: str

    def peer(self, *, wears_label: bool = True) -> Peer:
        """Its pods; or somebody beside them."""
        key, _, value = self.pods.partition("=")
        labels = {key: value} if wears_label else {"app": "neighbour"}
        return Peer("ingress controller", "ingress controller", self.namespace, labels)

    def render(self, workspace: Workspace, overlay: str = "platform") -> list[Object]:
        """The overlay as the page says to write it for this controller."""
        file = workspace.manifests / "overlays" / overlay / "kustomization.yaml"
        original = text = file.read_text()
        values = (self.ingress_class, self.namespace, self.pods)
        edits = {
            line: f"{line.partition('=')[0]}={value}"
            for line, value in zip(LITERALS, values, strict=True)
        }
        if self.kind == "Gateway API":
            edits |= USES["gateway-api"].edits
        if self.namespace == "image-platform":
            beside = "  - ../../components/gateway-api/beside-the-roles\n"
            edits[LAST] = edits[LAST].replace(LAST, beside + LAST)
        for before, after in edits.items():
            assert text.count(before) == 1, before
            text = text.replace(before, after)
        file.write_text(text)
        try:
            return objects.objects(workspace.build(f"overlays/{overlay}"))
        finally:
            file.write_text(original)


CONTROLLERS = [Controller(*row.groups()) for row in ROW.finditer(TEXT)]


def test_the_page_has_every_documented_way_in() -> None:
    ways = {(c.kind, c.name) for c in CONTROLLERS}
    assert ways == {
        ("Gateway API", "Envoy Gateway"),
        ("Gateway API", "NGINX Gateway Fabric"),
        ("Ingress", "Traefik"),
        ("Ingress", "F5 NGINX Ingress Controller"),
        ("Ingress", "HAProxy"),
    }
    assert CONTROLLERS[0].kind == "Gateway API"


@pytest.mark.parametrize("controller", CONTROLLERS, ids=lambda c: c.name)
def test_exactly_that_controller_reaches_the_frontend(
    own_workspace: Workspace, controller: Controller
) -> None:
    rendered = controller.render(own_workspace)
    classes = {
        *(item["spec"]["ingressClassName"] for item in of_kind(rendered, "Ingress")),
        *(item["spec"]["gatewayClassName"] for item in of_kind(rendered, "Gateway")),
    }
    assert classes == {controller.ingress_class}
    kind = {"Ingress": "Ingress", "Gateway API": "Gateway"}[controller.kind]
    assert len(of_kind(rendered, "Ingress", "Gateway")) == len(of_kind(rendered, kind)) == 1

    allowed = edges(rendered, controller=controller.peer())
    assert {e for e in allowed if e[1] == "frontend"} == {
        ("ingress controller", "frontend", "3000/TCP"),
        ("prometheus", "frontend", "9113/TCP"),
    }
    assert {e[1] for e in allowed if e[0] == "ingress controller"} <= {"frontend", "DNS"}
    others = [other.peer() for other in CONTROLLERS if other.pods != controller.pods]
    for stranger in (controller.peer(wears_label=False), others[0]):
        reached = {e for e in edges(rendered, controller=stranger) if e[1] == "frontend"}
        assert reached == {("prometheus", "frontend", "9113/TCP")}


def test_pods_of_a_gateway_among_the_roles_reach_what_they_need(own_workspace: Workspace) -> None:
    (beside,) = [c for c in CONTROLLERS if c.namespace == "image-platform"]
    allowed = edges(beside.render(own_workspace), controller=beside.peer())
    assert {e for e in allowed if "ingress controller" in e[:2]} >= {
        ("ingress controller", "frontend", "3000/TCP"),
        ("ingress controller", "DNS", "53/UDP"),
        ("internet", "ingress controller", "443/TCP"),
    }
    assert not {e for e in allowed if e[:2] == ("ingress controller", "auth")}


def test_headless_lets_the_same_controller_in(own_workspace: Workspace) -> None:
    (traefik, *_others) = [c for c in CONTROLLERS if c.name == "HAProxy"]
    rendered = traefik.render(own_workspace, "headless")
    reached = {e for e in edges(rendered, controller=traefik.peer()) if e[0] == traefik.peer().name}
    assert {e[1] for e in reached} == {"auth", "gateway", "images"}


def test_no_object_knows_a_controller_by_annotation(workspace: Workspace) -> None:
    for overlay in ("platform", "headless", "dev"):
        text = workspace.text(overlay)
        assert "ingress-nginx" not in text
        assert not re.search(r"(nginx|traefik|haproxy)[\w.]*/[\w-]+: ", text)
        assert "EDGE-" not in text


def test_certificates_are_proved_through_the_overlays_class(own_workspace: Workspace) -> None:
    file = own_workspace.manifests / "overlays" / "platform" / "kustomization.yaml"
    text = file.read_text().replace("edge-class=traefik", "edge-class=haproxy")
    for before, after in USES["cert-manager"].edits.items():
        text = text.replace(before, after)
    file.write_text(text)
    rendered = objects.objects(own_workspace.build("overlays/platform"))
    classes = {
        solver["http01"]["ingress"]["ingressClassName"]
        for issuer in of_kind(rendered, "ClusterIssuer")
        for solver in issuer["spec"]["acme"]["solvers"]
    }
    assert classes == {"haproxy"}
