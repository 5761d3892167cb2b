"""One monitored platform for all tests here, after an ordinary and a bad day of traffic."""

import time
from collections.abc import Iterator

import pytest

from tests.observability.collectors import Collector, collecting
from tests.observability.programs import PACKAGES, needed
from tests.observability.stack import Stack, monitored_platform
from tests.observability.traffic import bad_day, ordinary_day, over_the_limit
from tests.waiting import until


@pytest.fixture(scope="package")
def collector() -> Iterator[Collector]:
    """Where every role sends its traces."""
    with collecting() as running:
        yield running


@pytest.fixture(scope="package")
def quiet_stack(
    postgresql_url: str, tmp_path_factory: pytest.TempPathFactory, collector: Collector
) -> Iterator[Stack]:
    """The monitored platform before anybody came."""
    needed(list(PACKAGES))
    tracing = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint,
        "OTEL_BSP_SCHEDULE_DELAY": "500",
    }
    directory = tmp_path_factory.mktemp("monitoring")
    with monitored_platform(postgresql_url, directory, extra=tracing) as running:
        yield running


def is_seen(stack: Stack) -> bool:
    """Whether Prometheus, which looks for targets every five seconds, has scraped each of them."""
    targets = stack.get("targets", {"state": "active"})["activeTargets"]
    return bool(targets) and all(target["health"] == "up" for target in targets)


@pytest.fixture(scope="package")
def stack(quiet_stack: Stack) -> Stack:
    """The monitored platform with some history."""
    until(lambda: is_seen(quiet_stack), timeout_s=60)  # each series once before it moves
    # Totals are counted once a minute: once before this traffic, and once after it.
    until(lambda: quiet_stack.query("platform_stored_images"), timeout_s=90)
    alice = quiet_stack.person("alice")
    ordinary_day(quiet_stack, alice)
    over_the_limit(quiet_stack)
    bad_day(quiet_stack, alice)
    time.sleep(6)  # the state of queues is asked for every four seconds
    # Seen for two seconds: a question about the past looks at whole ones.
    moved = "sum(changes(platform_stored_images[2m] offset 2s)) > 0"
    until(lambda: quiet_stack.query(moved), timeout_s=90)
    return quiet_stack
