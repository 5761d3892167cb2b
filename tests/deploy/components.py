"""How an overlay takes each component, so that every gate can look at the render with it."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.deploy.workspace import Workspace

FRONTEND = "  - ../../roles/frontend\n"
WEB = "  - ../../roles/web\n"


@dataclass(frozen=True)
class Use:
    """How an overlay takes a component, and the API groups that it then needs."""

    edits: Mapping[str, str]
    groups: frozenset[str] = frozenset()


def _more(*paths: str) -> Mapping[str, str]:
    return {WEB: WEB + "".join(f"  - ../../components/{path}\n" for path in paths)}


LAST = "  - ../../parts/registry-and-host\n"
USES = {
    "blue-green": Use({WEB: "  - ../../components/blue-green\n", FRONTEND: ""}),
    "cert-manager": Use(_more("cert-manager"), frozenset({"cert-manager.io/v1"})),
    "self-signed": Use(
        {LAST: f"{LAST}  - ../../components/self-signed\n"}, frozenset({"cert-manager.io/v1"})
    ),
    "gateway-api": Use(
        {LAST: f"  - ../../components/gateway-api\n{LAST}", "  - ../../edge/ingress\n": ""},
        frozenset({"gateway.networking.k8s.io/v1"}),
    ),
    "gateway-api with certificates": Use(
        {
            LAST: f"  - ../../components/gateway-api\n{LAST}",
            "  - ../../edge/ingress\n": "  - ../../components/cert-manager\n",
        },
        frozenset({"gateway.networking.k8s.io/v1", "cert-manager.io/v1"}),
    ),
    "granian": Use({LAST: f"{LAST}  - ../../components/granian\n"}),
    "keda": Use({LAST: f"{LAST}  - ../../components/keda\n"}, frozenset({"keda.sh/v1alpha1"})),
    "prometheus-operator": Use(
        _more("prometheus-operator"), frozenset({"monitoring.coreos.com/v1"})
    ),
    "external-secrets": Use(
        {"  - ../../credentials\n": "  - ../../components/external-secrets\n"},
        frozenset({"external-secrets.io/v1"}),
    ),
    "production-size": Use({LAST: f"{LAST}  - ../../components/production-size\n"}),
    "outgoing": Use(
        _more(
            *("outgoing/mail", "outgoing/single-sign-on", "outgoing/breached-passwords"),
            "outgoing/audit-webhook",
        )
    ),
    "backup": Use({LAST: f"  - ../../components/backup\n{LAST}"}),
    "backups-elsewhere": Use({LAST: f"  - ../../components/backups-elsewhere\n{LAST}"}),
    "registry": Use({LAST: f"{LAST}  - ../../credentials/registry\n"}),
}


def with_component(workspace: Workspace, name: str) -> str:
    """The render of ``platform`` with the component, as a person would write it."""
    file = workspace.manifests / "overlays" / "platform" / "kustomization.yaml"
    original = text = file.read_text()
    for before, after in USES[name].edits.items():
        assert text.count(before) == 1
        text = text.replace(before, after)
    file.write_text(text)
    try:
        return workspace.build("overlays/platform")
    finally:
        file.write_text(original)
