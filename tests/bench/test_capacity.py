"""The sheet follows from measured costs and assumed use by plain arithmetic."""

from typing import Any

import pytest

from bench.capacity import limits, need, per_unit
from bench.use import Use

USE = Use(
    active_share=0.5,
    calls={"gateway/image": 10},
    pictures=100,
    missed_share=0.1,
    uploads=2,
    new_renditions=0,
    busiest_hour_share=0.1,
    busiest_minute_times=3.6,
)


def ms(**costs: float) -> dict[str, Any]:
    return {"cpu_ms": {name: {"median": value} for name, value in costs.items()}}


READS = {
    "reads": {
        "gateway/image": ms(gateway=1.0, images=2.0, PostgreSQL=0.5),
        "images/bytes": ms(images=3.0, PostgreSQL=0.5),
    },
    "memory": {role: {"mb": 100.0} for role in ("auth", "gateway", "images", "worker")},
}
PIPELINE = {
    "upload": {"upload": ms(gateway=20.0, images=30.0)},
    "jobs": {"12 MP": ms(worker=500.0, PostgreSQL=10.0)},
    "renditions": {"12 MP to 800 pixels": {"the platform": ms(worker=100.0)}},
}


def test_a_day_of_a_user_is_the_sum_of_what_they_do() -> None:
    found = per_unit(READS, PIPELINE, USE)
    assert found["gateway"] == pytest.approx(10 * 0.001 + 2 * 0.020)
    assert found["images"] == pytest.approx(10 * 0.002 + 10 * 0.003 + 2 * 0.030)
    assert found["worker"] == pytest.approx(2 * 0.5)
    assert found["PostgreSQL"] == pytest.approx(10 * 0.0005 + 10 * 0.0005 + 2 * 0.010)
    assert found["auth"] == 0


def test_the_busiest_minute_is_planned_for() -> None:
    """Half of 72,000 users, a tenth of a day in an hour, and a minute of 3.6 times its mean."""
    assert USE.peak_per_s(72_000, 1) == pytest.approx(3.6)
    found = need(72_000, per_unit(READS, PIPELINE, USE), READS, USE)
    assert found["requests_per_s"] == pytest.approx(3.6 * (10 + 10 + 2))
    assert found["jobs_per_s"] == pytest.approx(7.2)
    assert found["roles"]["worker"]["cores"] == pytest.approx(3.6)
    assert found["roles"]["worker"]["pods"] == 3  # of two cores, 70 % full
    assert found["roles"]["worker"]["memory_gb"] == pytest.approx(300 / 1024)
    assert found["roles"]["auth"]["pods"] == 2
    assert found["connections"] == 16 * (2 + 2) + 2 * 3
    assert found["rows_a_day"] == 36_000 * 20


def test_a_limit_is_where_the_part_is_full() -> None:
    found = limits(per_unit(READS, PIPELINE, USE), USE)
    users = found["worker at its most pods"]
    assert (
        need(int(users), per_unit(READS, PIPELINE, USE), READS, USE)["roles"]["worker"]["pods"] == 5
    )
    assert found["auth at its most pods"] == float("inf")
    assert found["rows of one table, after a year"] == pytest.approx(1e9 / (0.5 * 16 * 365))
