"""Prometheus, Alertmanager and the exporters with our own configuration, on this machine.

Only what a cluster would give is replaced: addresses found by DNS become fixed ones, and the jobs
that need the Kubernetes API are left out. How fast time goes is said by who starts it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, quote, urlsplit

import urllib3
import yaml

from images.apps import ImagesConfig
from tests.observability.expressions import MONITORING, RULES
from tests.observability.webhooks import Receiver
from tests.servers.ports import free_port
from tests.servers.processes import Program, wait_until_ready
from tests.servers.redis import RedisServer

QUEUES: Final = ",".join(f"db0={name}" for name in ImagesConfig.queues)


@dataclass(kw_only=True)
class Monitoring:
    """The running programs; ``query`` asks Prometheus."""

    directory: Path
    receiver: Receiver
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
            program.ask_to_end()
        for program in self.programs.values():
            program.stop()

    def exporters_start(
        self, postgresql_url: str, broker: RedisServer, cache: RedisServer, status_port: int
    ) -> None:
        """The exporters of the database, both Redis and nginx (its ``status_port``)."""
        for name in ("postgresql", "redis-broker", "redis-cache", "frontend"):
            self.ports[name] = free_port()
        listen = {name: f"127.0.0.1:{port}" for name, port in self.ports.items()}
        redis = "prometheus-redis-exporter"
        commands: dict[str, tuple[list[str], dict[str, str]]] = {
            "postgresql": (
                ["prometheus-postgres-exporter", f"--web.listen-address={listen['postgresql']}"],
                {"DATA_SOURCE_NAME": _source(postgresql_url)},
            ),
            "redis-broker": (
                [
                    *(redis, "-web.listen-address", listen["redis-broker"]),
                    *("-check-single-keys", QUEUES),
                ],
                _as_exporter(broker),
            ),
            "redis-cache": (
                [redis, "-web.listen-address", listen["redis-cache"]],
                _as_exporter(cache),
            ),
            "frontend": (
                [
                    "prometheus-nginx-exporter",
                    f"-web.listen-address={listen['frontend']}",
                    f"-nginx.scrape-uri=http://127.0.0.1:{status_port}/stub_status",
                ],
                {},
            ),
        }
        for name, (command, environment) in commands.items():
            self.start(name, command, environment, f"http://{listen[name]}/metrics")

    def alertmanager_start(self, waits: Mapping[str, str]) -> None:
        """Alertmanager with our routes, each with the times of ``waits``, and one receiver."""
        port = self.ports["alertmanager"] = free_port()
        source = MONITORING / "alertmanager"
        configuration = yaml.safe_load((source / "alertmanager.yml").read_text())
        configuration["templates"] = [str(source / "*.tmpl")]
        for receiver in configuration["receivers"]:
            receiver["webhook_configs"] = [{"url": self.receiver.url, "send_resolved": True}]
        for route in (configuration["route"], *configuration["route"]["routes"]):
            route.update(waits)
        path = self.directory / "alertmanager.yml"
        path.write_text(yaml.safe_dump(configuration))
        command = [
            "prometheus-alertmanager",
            f"--config.file={path}",
            f"--storage.path={self.directory / 'alertmanager'}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--cluster.listen-address=",
        ]
        self.start("alertmanager", command, {}, f"http://127.0.0.1:{port}/-/ready")

    def prometheus_start(
        self,
        roles: Mapping[str, Sequence[int]],
        *,
        times: Mapping[str, str],
        hastened: Callable[[str], str],
        own: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        """Prometheus with our jobs and rules; ``roles`` are the ports of metrics by job.

        ``times`` are the intervals of its configuration, or a job's ``own``, and ``hastened``
        rewrites a file of rules.
        """
        port = self.ports["prometheus"] = free_port()
        path = self.directory / "prometheus.yml"
        configuration = self._configuration(roles, times, hastened)
        for job in configuration["scrape_configs"]:
            job.update((own or {}).get(job["job_name"], {}))
        path.write_text(yaml.safe_dump(configuration))
        command = [
            "prometheus",
            f"--config.file={path}",
            f"--storage.tsdb.path={self.directory / 'prometheus'}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--enable-feature=exemplar-storage",
        ]
        self.start("prometheus", command, {}, f"http://127.0.0.1:{port}/-/ready")

    def _configuration(
        self,
        roles: Mapping[str, Sequence[int]],
        times: Mapping[str, str],
        hastened: Callable[[str], str],
    ) -> dict[str, Any]:
        configuration: dict[str, Any] = yaml.safe_load(
            (MONITORING / "prometheus" / "prometheus.yml").read_text()
        )
        configuration["global"] |= {
            **times,
            "external_labels": {
                "runbooks": self.runbooks,
                "grafana": "http://grafana.example.com",
            },
        }
        rules = self.directory / "rules"
        rules.mkdir()
        for rule_file in RULES:
            (rules / rule_file.name).write_text(hastened(rule_file.read_text()))
        configuration["rule_files"] = [str(rules / "*.yml")]
        configuration["alerting"]["alertmanagers"] = [_fixed([self.ports["alertmanager"]])]
        configuration["scrape_configs"] = list(self._scraped(roles, configuration))
        return configuration

    def _scraped(
        self, roles: Mapping[str, Sequence[int]], configuration: Mapping[str, Any]
    ) -> Iterator[dict[str, Any]]:
        """Our jobs with fixed addresses; those of a cluster are not here."""
        here = {
            "frontend": ["frontend"],
            "postgresql": ["postgresql"],
            "prometheus": ["prometheus"],
            "alertmanager": ["alertmanager"],
            "redis": ["redis-broker", "redis-cache"],
            "roles": ["auth", "gateway", "images", "worker"],
        }
        ports = {**{name: [port] for name, port in self.ports.items()}, **roles}
        for job in configuration["scrape_configs"]:
            for name in here.get(job["job_name"], []):
                targets = _fixed(ports[name])
                if job["job_name"] == "roles":  # as where two releases are beside each other
                    targets["static_configs"][0]["labels"] = {"colour": "blue"}
                yield {"job_name": name, **targets}


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


def _fixed(ports: Sequence[int]) -> dict[str, Any]:
    return {"static_configs": [{"targets": [f"127.0.0.1:{port}" for port in ports]}]}
