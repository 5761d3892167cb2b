"""Prometheus, Alertmanager and the exporters with our own configuration, beside the split platform.

Only what a cluster would give is replaced: addresses found by DNS become fixed ones, the jobs that
need the Kubernetes API are left out, and time goes faster (scrapes each second, and an alert waits
for seconds where it waits for minutes).
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, quote, urlsplit

import urllib3
import yaml

from images.apps import ImagesConfig
from platform_site.secrets.generation import webhook_secret
from tests.edge.server import Edge, running_edge
from tests.observability.expressions import MONITORING, RULES
from tests.observability.webhooks import Receiver, receiving, serving_files
from tests.servers.oidc_provider import CLIENT_SECRET, OidcProvider, oidc_provider
from tests.servers.person import Person
from tests.servers.platform import Platform, platform
from tests.servers.ports import free_port
from tests.servers.processes import ROOT, Program, wait_until_ready
from tests.servers.redis import RedisServer

QUEUES: Final = ",".join(f"db0={name}" for name in ImagesConfig.queues)
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


@dataclass
class Stack:
    """The running whole; ``query`` asks Prometheus."""

    split: Platform
    edge: Edge
    receiver: Receiver
    directory: Path
    runbooks: str
    ports: dict[str, int] = field(default_factory=dict)
    programs: dict[str, Program] = field(default_factory=dict)

    def query(self, expr: str, *, at: str = "") -> list[dict[str, Any]]:
        """The series that ``expr`` gives now."""
        found: list[dict[str, Any]] = self.get(
            "query", {"query": expr, **({"time": at} if at else {})}
        )["result"]
        return found

    def get(self, path: str, fields: Mapping[str, str]) -> Any:
        """The ``data`` of one call of Prometheus's API."""
        url = f"http://127.0.0.1:{self.ports['prometheus']}/api/v1/{path}"
        reply = urllib3.request("GET", url, fields=dict(fields), timeout=30.0)
        document = reply.json()
        assert document["status"] == "success", document
        return document["data"]

    def person(self, name: str) -> Person:
        """Somebody who has signed up, and who speaks to the platform through nginx."""
        somebody = self.split.person(name)
        somebody.api = somebody.auth = somebody.delivery = self.edge.url
        return somebody

    def start(
        self, name: str, command: list[str], environment: Mapping[str, str], ready: str
    ) -> None:
        """Start a program and wait until ``ready`` answers 200."""
        program = Program(name, command, environment, self.directory)
        self.programs[name] = program
        program.start()
        wait_until_ready(program, ready)

    def stop(self) -> None:
        """End every program."""
        for program in self.programs.values():
            program.stop()


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
        stack = Stack(split, edge, receiver, directory, runbooks)
        context.callback(stack.stop)
        _exporters_start(stack, postgresql_url)
        _alertmanager_start(stack)
        _prometheus_start(stack)
        yield stack


def _providers(present: OidcProvider) -> Mapping[str, str]:
    return {
        "OIDC_PROVIDERS": json.dumps([present.settings(), ABSENT_PROVIDER]),
        "OIDC_CLIENT_SECRETS": json.dumps({present.settings()["id"]: CLIENT_SECRET}),
    }


def _exporters_start(stack: Stack, postgresql_url: str) -> None:
    for name in ("postgresql", "redis-broker", "redis-cache", "frontend"):
        stack.ports[name] = free_port()
    listen = {name: f"127.0.0.1:{port}" for name, port in stack.ports.items()}
    redis = "prometheus-redis-exporter"
    commands: dict[str, tuple[list[str], dict[str, str]]] = {
        "postgresql": (
            ["prometheus-postgres-exporter", f"--web.listen-address={listen['postgresql']}"],
            {"DATA_SOURCE_NAME": _source(postgresql_url)},
        ),
        "redis-broker": (
            [redis, "-web.listen-address", listen["redis-broker"], "-check-single-keys", QUEUES],
            _as_exporter(stack.split.broker),
        ),
        "redis-cache": (
            [redis, "-web.listen-address", listen["redis-cache"]],
            _as_exporter(stack.split.cache),
        ),
        "frontend": (
            [
                "prometheus-nginx-exporter",
                f"-web.listen-address={listen['frontend']}",
                f"-nginx.scrape-uri=http://127.0.0.1:{stack.edge.status_port}/stub_status",
            ],
            {},
        ),
    }
    for name, (command, environment) in commands.items():
        stack.start(name, command, environment, f"http://{listen[name]}/metrics")


def _as_exporter(server: RedisServer) -> dict[str, str]:
    """The environment of an exporter: the variables of deploy/k8s/data/redis/server.yaml."""
    url = urlsplit(server.url_of("exporter"))
    return {
        "REDIS_ADDR": f"redis://{url.hostname}:{url.port}",
        "REDIS_USER": url.username or "",
        "REDIS_PASSWORD": url.password or "",
        "REDIS_EXPORTER_CONFIG_COMMAND": "-",
        "REDIS_EXPORTER_SET_CLIENT_NAME": "false",
    }


def _source(url: str) -> str:
    """The data source as the exporter wants it; ours may listen on a socket only."""
    parts = urlsplit(url)
    host = (parse_qs(parts.query).get("host") or [parts.hostname or ""])[0]
    user, password = parts.username or "postgres", parts.password or ""
    port = f" port={parts.port}" if parts.port else ""
    word = f" password={quote(password)}" if password else ""
    return f"host={host}{port} user={user}{word} dbname=postgres sslmode=disable"


def _alertmanager_start(stack: Stack) -> None:
    port = stack.ports["alertmanager"] = free_port()
    source = MONITORING / "alertmanager"
    configuration = yaml.safe_load((source / "alertmanager.yml").read_text())
    configuration["templates"] = [str(source / "*.tmpl")]
    for receiver in configuration["receivers"]:
        receiver["webhook_configs"] = [{"url": stack.receiver.url, "send_resolved": True}]
    for route in (configuration["route"], *configuration["route"]["routes"]):
        route.update(group_wait="1s", group_interval="1s")
    path = stack.directory / "alertmanager.yml"
    path.write_text(yaml.safe_dump(configuration))
    command = [
        "prometheus-alertmanager",
        f"--config.file={path}",
        f"--storage.path={stack.directory / 'alertmanager'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    ]
    stack.start("alertmanager", command, {}, f"http://127.0.0.1:{port}/-/ready")


def _prometheus_start(stack: Stack) -> None:
    port = stack.ports["prometheus"] = free_port()
    path = stack.directory / "prometheus.yml"
    path.write_text(yaml.safe_dump(_prometheus_configuration(stack)))
    command = [
        "prometheus",
        f"--config.file={path}",
        f"--storage.tsdb.path={stack.directory / 'prometheus'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--enable-feature=exemplar-storage",
    ]
    stack.start("prometheus", command, {}, f"http://127.0.0.1:{port}/-/ready")


def _prometheus_configuration(stack: Stack) -> dict[str, Any]:
    configuration: dict[str, Any] = yaml.safe_load(
        (MONITORING / "prometheus" / "prometheus.yml").read_text()
    )
    configuration["global"] |= {
        "scrape_interval": "1s",
        "scrape_timeout": "1s",
        "evaluation_interval": "1s",
        "external_labels": {"runbooks": stack.runbooks, "grafana": "http://grafana.example.com"},
    }
    rules = stack.directory / "rules"
    rules.mkdir()
    for rule_file in RULES:
        (rules / rule_file.name).write_text(_hastened(rule_file.read_text()))
    configuration["rule_files"] = [str(rules / "*.yml")]
    configuration["alerting"]["alertmanagers"] = [_fixed(stack.ports["alertmanager"])]
    configuration["scrape_configs"] = list(_scraped(stack, configuration["scrape_configs"]))
    return configuration


def _scraped(stack: Stack, jobs: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Our jobs with fixed addresses; those of a cluster are not here."""
    here = {
        "frontend": ["frontend"],
        "postgresql": ["postgresql"],
        "prometheus": ["prometheus"],
        "alertmanager": ["alertmanager"],
        "redis": ["redis-broker", "redis-cache"],
        "roles": ["auth", "gateway", "images", "worker"],
    }
    ports = {**stack.ports, **stack.split.metrics_ports}
    for job in jobs:
        for name in here.get(job["job_name"], []):
            yield {"job_name": name, "static_configs": [_targets(ports[name])]}


def _fixed(port: int) -> dict[str, Any]:
    return {"static_configs": [_targets(port)]}


def _targets(port: int) -> dict[str, Any]:
    return {"targets": [f"127.0.0.1:{port}"]}


def _hastened(rules: str) -> str:
    """Minutes of waiting become seconds, hours minutes; rules are evaluated each second."""
    shorter = {"m": "s", "h": "m"}
    rules = re.sub(r"( for: \d+)([mh])\b", lambda m: f"{m[1]}{shorter[m[2]]}", rules)
    # As many scrapes back as in a minute of the cluster's.
    rules = re.sub(r"(up\{[^}]*\})\[1m\]", r"\1[4s]", rules)
    return re.sub(r"interval: \d+[ms]\b", "interval: 1s", rules)
