"""Which alert rang, and when: Prometheus and Alertmanager with the house's rules, for one drill."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from drills.pace import OWN_TIMES, TIMES, WAITS, hastened
from drills.platform import DrillPlatform
from tests.observability.webhooks import receiving, serving_files
from tests.servers.monitoring import Monitoring
from tests.servers.processes import ROOT

ALWAYS: Final = "Watchdog"
NOT_HERE: Final = ("TargetMissing", "BackupMissing")
"""About what these platforms do not have: Grafana, kube-state-metrics, a backup."""
BEGUN: Final = (
    'platform_workers{state="alive"} > 0',
    'sum(increase(celery_tasks_total{task="images.sweep"}[20s])) >= 1',
)
"""What is not known at once when everything has just been started, and rings if it stays so."""
LOOK_S: Final = 0.5


@dataclass(frozen=True)
class Ring:
    """One alert that somebody was told of; times are those of the calendar."""

    alert: str
    service: str
    severity: str
    rang_at: float
    silent_at: float | None


@dataclass
class Alarm:
    """What watches the platform, and what it has said."""

    monitoring: Monitoring
    began_at: float
    """What rang before that is not this drill's: while everything was started, or in another."""

    def rings(self) -> list[Ring]:
        """Every alert that was delivered, in order: once for each time that it rang."""
        now: dict[tuple[str, str], Ring] = {}
        over: list[Ring] = []
        for told in list(self.monitoring.receiver.alerts):
            labels, arrived = told["labels"], float(told["arrived"])
            name, service = labels["alertname"], labels.get("service", "")
            if name in {ALWAYS, *NOT_HERE} or arrived < self.began_at:
                continue
            key = (name, service)
            if told["status"] == "firing":
                now.setdefault(key, Ring(name, service, labels.get("severity", ""), arrived, None))
            elif key in now:
                over.append(replace(now.pop(key), silent_at=arrived))
        return sorted([*over, *now.values()], key=lambda ring: ring.rang_at)

    def firing(self) -> list[str]:
        """The names of the alerts that ring now."""
        series = self.monitoring.query('ALERTS{alertstate="firing"}')
        names = {one["metric"]["alertname"] for one in series}
        return sorted(names - {ALWAYS, *NOT_HERE})

    def silent_within(self, timeout_s: float) -> bool:
        """Wait until nothing rings any more, and everybody was told; whether that came."""
        deadline = time.monotonic() + timeout_s
        while self.firing() or any(ring.silent_at is None for ring in self.rings()):
            if time.monotonic() > deadline:
                return False
            time.sleep(LOOK_S)
        return True

    def sees_everything(self) -> bool:
        """Whether each target has been scraped, and the state of queues is known."""
        targets = self.monitoring.get("targets", {"state": "active"})["activeTargets"]
        return (
            bool(targets)
            and all(target["health"] == "up" for target in targets)
            and all(map(self.monitoring.query, BEGUN))
        )


@contextmanager
def alarm(platform: DrillPlatform, directory: Path) -> Iterator[Alarm]:
    """Watch ``platform`` for the block."""
    directory.mkdir()
    with ExitStack() as stack:
        receiver = stack.enter_context(receiving())
        runbooks = stack.enter_context(serving_files(ROOT / "docs" / "runbooks"))
        monitoring = Monitoring(directory=directory, receiver=receiver, runbooks=runbooks)
        stack.callback(monitoring.stop)
        monitoring.exporters_start(
            # By its address, behind which another may have taken over.
            platform.database.url("postgres", port=platform.links["database"].port),
            platform.broker,
            platform.cache,
            platform.edge.status_port,
        )
        monitoring.alertmanager_start(WAITS)
        ports = platform.metrics_ports
        roles = {
            role: [ports[name] for name in platform.names(role)]
            for role in ("auth", "gateway", "images", "worker")
        }
        monitoring.prometheus_start(roles, times=TIMES, hastened=hastened, own=OWN_TIMES)
        yield Alarm(monitoring, time.time())
