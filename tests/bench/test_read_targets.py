"""A target is met by the median of what was measured, and every read has its row."""

from typing import Any

import pytest

from bench.read_targets import verdicts


def row(peers: dict[str, Any] | None = None, **cpu_ms: float) -> dict[str, Any]:
    return {
        "cpu_ms": {role: {"median": ms} for role, ms in cpu_ms.items()},
        "roles_ms": {"median": sum(ms for role, ms in cpu_ms.items() if role != "PostgreSQL")},
        "latency_ms": {"median": 20.0},
        "peers": peers or {},
    }


def outcomes(rows: dict[str, Any]) -> dict[str, bool]:
    return {one["what"]: one["met"] for one in verdicts(rows)}


@pytest.mark.parametrize(("ms", "met"), [(0.40, True), (0.41, False)])
def test_a_cost_is_held_to_its_target(ms: float, *, met: bool) -> None:
    found = outcomes({"images/presets": row(images=ms, PostgreSQL=9.0)})
    assert found["images/presets: CPU of images"] is met


def test_all_roles_are_added_up_without_the_database() -> None:
    found = outcomes({"gateway/list": row(gateway=1.4, images=2.0, PostgreSQL=9.0)})
    assert found["gateway/list: CPU of all roles"]
    assert found["gateway/list: 1,000 requests/s at two pods of one core"]


def test_every_read_of_every_service_is_held_to_a_thousand_a_second() -> None:
    rows = {
        "images/usage": row(images=1.9),
        "gateway/jobs": row(gateway=2.1, images=0.5),
        "auth/refresh": row(auth=2.5),
        "stock/presets": row(stock=5.0),
    }
    thousand = {what: met for what, met in outcomes(rows).items() if "1,000" in what}
    assert thousand == {
        "images/usage: 1,000 requests/s at two pods of one core": True,
        "gateway/jobs: 1,000 requests/s at two pods of one core": False,
    }


@pytest.mark.parametrize(("cpu", "met"), [(0.25, True), (0.26, False)])
def test_less_than_a_peer_is_by_the_ratio(cpu: float, *, met: bool) -> None:
    beside = {"stock/presets": {"cpu": {"median": cpu}, "rate": {"median": 1.0}}}
    found = outcomes({"images/presets": row(beside, images=0.4)})
    assert found["images/presets: times less CPU than stock/presets"] is met


def test_the_rate_of_the_hop_is_held_beside_the_peer_and_a_missing_peer_is_no_target() -> None:
    beside = {"Express hop/image": {"cpu": {"median": 1.0}, "rate": {"median": 0.59}}}
    found = outcomes(
        {
            "gateway/image": row(beside, gateway=0.7, images=0.9),
            "gateway/presets": row(gateway=0.6, images=0.5),
        }
    )
    rates = {what: met for what, met in found.items() if "Express" in what}
    assert rates == {"gateway/image: requests/s of one core, against Express hop/image": False}
