"""Prometheus, Alertmanager and the exporters with our own configuration, beside the split platform.

Time goes faster: scrapes each second, and an alert waits for seconds where it waits for minutes.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from platform_site.secrets.generation import webhook_secret
from tests.edge.server import Edge, running_edge
from tests.observability.webhooks import receiving, serving_files
from tests.servers.monitoring import Monitoring
from tests.servers.oidc_provider import CLIENT_SECRET, OidcProvider, oidc_provider
from tests.servers.person import Person
from tests.servers.platform import Platform, platform
from tests.servers.processes import ROOT

FAST: Final = {
    "WEB_WORKERS": "2",
    "SWEEP_INTERVAL_S": "1",
    "REFRESH_GRACE_S": "1",
    "JOB_LEASE_S": "4",
    "JOB_REQUEUE_AFTER_S": "2",
    "GATEWAY_WRITES_PER_MINUTE": "150",
}
ABSENT: Final = {
    "EMAIL_HOST": "127.0.0.1",
    "EMAIL_PORT": "9",
    "EMAIL_TLS": "none",
    "AUDIT_WEBHOOK_URL": "http://127.0.0.1:9/audit",
    "AUDIT_WEBHOOK_SECRET": webhook_secret(),
}
"""Servers that auth sends to and that are not there: mail and the audit wait."""
ABSENT_PROVIDER: Final = {
    "id": "absent",
    "name": "Absent",
    "issuer": "http://127.0.0.1:9",
    "client_id": "us",
}
"""No sign-in begins there."""


SECONDS: Final = {
    "scrape_interval": "1s",
    "scrape_timeout": "1s",
    "evaluation_interval": "1s",
}


@dataclass(kw_only=True)
class Stack(Monitoring):
    """The running whole; ``query`` asks Prometheus."""

    split: Platform
    edge: Edge

    def person(self, name: str) -> Person:
        """Somebody who has signed up, and who speaks to the platform through nginx."""
        somebody = self.split.person(name)
        somebody.api = somebody.auth = somebody.delivery = self.edge.url
        return somebody


@contextmanager
def monitored_platform(
    postgresql_url: str, directory: Path, *, extra: Mapping[str, str] | None = None
) -> Iterator[Stack]:
    """Everything, ready, and gone after the block."""
    with ExitStack() as context:
        enter = context.enter_context
        split = enter(
            platform(
                postgresql_url,
                extra={
                    **FAST,
                    **ABSENT,
                    **_providers(enter(oidc_provider())),
                    "BREACHED_PASSWORDS": str(directory),
                    **(extra or {}),
                },
                scheduler=True,
            )
        )
        upstreams = {
            f"{role.upper()}_UPSTREAM": f"127.0.0.1:{split.ports[role]}"
            for role in ("auth", "gateway", "images")
        }
        store = split.store.endpoint.removeprefix("http://")
        edge = enter(running_edge({**upstreams, "STORE_UPSTREAM": store}))
        receiver = enter(receiving())
        runbooks = enter(serving_files(ROOT / "docs" / "runbooks"))
        stack = Stack(
            split=split, edge=edge, receiver=receiver, directory=directory, runbooks=runbooks
        )
        context.callback(stack.stop)
        stack.exporters_start(postgresql_url, split.broker, split.cache, edge.status_port)
        stack.alertmanager_start({"group_wait": "1s", "group_interval": "1s"})
        stack.prometheus_start(
            {role: [port] for role, port in split.metrics_ports.items()},
            times=SECONDS,
            hastened=_hastened,
        )
        yield stack


def _providers(present: OidcProvider) -> Mapping[str, str]:
    return {
        "OIDC_PROVIDERS": json.dumps([present.settings(), ABSENT_PROVIDER]),
        "OIDC_CLIENT_SECRETS": json.dumps({present.settings()["id"]: CLIENT_SECRET}),
    }


def _hastened(rules: str) -> str:
    """Minutes of waiting become seconds, hours minutes; rules are evaluated each second."""
    shorter = {"m": "s", "h": "m"}
    rules = re.sub(r"( for: \d+)([mh])\b", lambda m: f"{m[1]}{shorter[m[2]]}", rules)
    # As many scrapes back as in a minute of the cluster's.
    rules = re.sub(r"(up\{[^}]*\})\[1m\]", r"\1[4s]", rules)
    return re.sub(r"interval: \d+[ms]\b", "interval: 1s", rules)
