"""Two colours of the platform behind two nginx, and a Prometheus with the house's rules."""

import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import yaml

from tests.edge.server import Edge, running_edge
from tests.observability.expressions import RULES
from tests.servers.platform import GUNICORN, WEB_ROLES, WORKER, Platform, platform
from tests.servers.ports import free_port
from tests.servers.processes import KEPT, Program, wait_until_ready

SMALL: Final = {
    "WEB_WORKERS": "1",
    "WEB_THREADS": "4",
    "GATEWAY_READS_PER_MINUTE": "100000",
    "TRUSTED_PROXY_COUNT": "1",
}
BUILT: Final = (*GUNICORN, "tests.rollouts.builds:application")


@dataclass
class TwoColours:
    """Blue runs; green is started as the build that a test asks for, and ended by it."""

    directory: Path
    split: Path
    blue: Platform
    edge: Edge
    beside_port: int
    prometheus_port: int
    green: Platform | None = None
    _green_edge: ExitStack = field(default_factory=ExitStack)
    programs: list[Program] = field(default_factory=list)

    def green_start(
        self,
        build: str = "good",
        *,
        extra: Mapping[str, str] | None = None,
        lacks: str = "",
        is_awaited: bool = True,
    ) -> None:
        """The release ``build`` as green: roles, worker and frontend."""
        green = GreenPlatform(
            self._fresh(build),
            self.blue.database_url,
            self.blue.broker,
            self.blue.cache,
            self.blue.store,
            {**SMALL, **(extra or {}), "BUILD": build},
            BUILT,
            self.blue.material,
            ports=self.ports,
            metrics_ports=self.metrics_ports,
        )
        green.lacks = lacks
        green.worker_app = "tests.rollouts.broken_worker" if build == "job" else ""
        self.green = green
        for role in (*WEB_ROLES, "worker"):
            green._launch(role)
        if is_awaited:
            for role in WEB_ROLES:
                wait_until_ready(green.programs[role], f"{green.address(role)}/readyz")
        variables = upstreams(green, self.split) | {"COLOUR_BESIDE": "blue"}
        edge = self._green_edge.enter_context(
            running_edge({**variables, "PORT": str(self.beside_port)})
        )
        self.green_site = edge.directory / "site"
        page_write(self.green_site)

    ports: dict[str, int] = field(default_factory=lambda: {r: free_port() for r in WEB_ROLES})
    metrics_ports: dict[str, int] = field(
        default_factory=lambda: {r: free_port() for r in (*WEB_ROLES, "worker")}
    )

    def green_stop(self) -> None:
        """End green, and everybody is blue's."""
        for file in self.split.iterdir():
            file.unlink()
        self._green_edge.close()
        if self.green is not None:
            self.green.stop()
            self.green = None

    def command(self, *arguments: str) -> list[str]:
        """``manage.py rollout green …`` as a person types it for this machine."""
        assert self.green is not None
        ready = [f"--ready={self.green.address(role)}/readyz" for role in WEB_ROLES]
        return [
            *(sys.executable, "manage.py", "rollout", "green", f"--split={self.split}"),
            f"--prometheus=http://127.0.0.1:{self.prometheus_port}",
            f"--frontend=http://127.0.0.1:{self.beside_port}",
            *ready,
            *arguments,
        ]

    def command_environment(self) -> dict[str, str]:
        """What the command needs of the environment: no key, and no setting of a role."""
        return {name: os.environ[name] for name in KEPT if name in os.environ}

    def _fresh(self, build: str) -> Path:
        number = len(list(self.directory.glob("green-*")))
        path = self.directory / f"green-{number}-{build}"
        path.mkdir()
        return path


class GreenPlatform(Platform):
    """The same platform, with a build of a test's."""

    lacks = ""
    worker_app = ""

    def environment(self, role: str) -> dict[str, str]:
        """Without the variable that the build lacks."""
        given = super().environment(role)
        given.pop(self.lacks, None)
        return given

    def _launch(self, role: str) -> Program:
        if role == "worker":
            command = [
                self.worker_app if w == "platform_site.celery" and self.worker_app else w
                for w in WORKER
            ]
            program = Program(role, command, self.environment(role), self.directory)
            self.programs[role] = program
            program.start()
            return program
        return super()._launch(role)


def page_write(site: Path) -> None:
    """A page as the build of the SPA makes it: it names the files that it needs."""
    script = '<script type="module" src="/assets/index-abc123.js"></script>'
    (site / "index.html").write_text(f"<!doctype html><title>Images</title>{script}")


def upstreams(one: Platform, split: Path) -> dict[str, str]:
    """What the nginx of a colour is told."""
    roles = {f"{role.upper()}_UPSTREAM": f"127.0.0.1:{one.ports[role]}" for role in WEB_ROLES}
    return {
        **roles,
        "STORE_UPSTREAM": one.store.endpoint.removeprefix("http://"),
        "CLIENT_ADDRESS_FROM": "127.0.0.0/8",
        "SPLIT_DIR": str(split),
    }


@contextmanager
def two_colours(postgresql_url: str) -> Iterator[TwoColours]:
    """Blue, its nginx and Prometheus, all ready; green is not there yet."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(TemporaryDirectory(prefix="image-platform-colours-")))
        directory.chmod(0o755)
        split = directory / "split"
        split.mkdir()
        blue = stack.enter_context(platform(postgresql_url, extra=SMALL))
        beside = free_port()
        edge = stack.enter_context(
            running_edge(
                {
                    **upstreams(blue, split),
                    "COLOUR_BESIDE": "green",
                    "BESIDE_UPSTREAM": f"127.0.0.1:{beside}",
                }
            )
        )
        page_write(edge.directory / "site")
        site = TwoColours(directory, split, blue, edge, beside, free_port())
        stack.callback(site.green_stop)
        program = _prometheus(site)
        stack.callback(program.stop)
        yield site


def _prometheus(site: TwoColours) -> Program:
    path = site.directory / "prometheus.yml"
    rules = site.directory / "rules"
    rules.mkdir()
    for file in RULES:
        text = re.sub(r"interval: \d+[ms]\b", "interval: 1s", file.read_text())
        (rules / file.name).write_text(text)
    path.write_text(yaml.safe_dump(_configuration(site, rules)))
    address = f"127.0.0.1:{site.prometheus_port}"
    program = Program(
        "prometheus",
        [
            *("prometheus", f"--config.file={path}", f"--web.listen-address={address}"),
            f"--storage.tsdb.path={site.directory / 'series'}",
        ],
        {},
        site.directory,
    )
    program.start()
    wait_until_ready(program, f"http://{address}/-/ready")
    return program


def _configuration(site: TwoColours, rules: Path) -> dict[str, Any]:
    jobs = [
        {
            "job_name": role,
            "static_configs": [
                {"targets": [f"127.0.0.1:{ports[role]}"], "labels": {"colour": colour}}
                for colour, ports in (
                    ("blue", site.blue.metrics_ports),
                    ("green", site.metrics_ports),
                )
            ],
        }
        for role in (*WEB_ROLES, "worker")
    ]
    return {
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(rules / "*.yml")],
        "scrape_configs": jobs,
    }
