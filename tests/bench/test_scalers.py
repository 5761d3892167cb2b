"""The rules are those of the manifests."""

import pytest

from bench import scalers
from bench.scalers import ScalingRule


def test_the_queue_is_scaled_as_the_manifest_says() -> None:
    rule = scalers.queue_rule()
    assert (rule.least, rule.most, rule.per_pod) == (2, 5, 4.0)


def test_a_web_role_is_scaled_as_the_manifest_says() -> None:
    rule = scalers.web_rule()
    assert (rule.least, rule.most, rule.per_pod) == (2, 5, 0.175)
    assert (rule.down_each_s, rule.stabilization_s) == (60.0, 300.0)


def test_pods_have_the_cores_of_the_manifests() -> None:
    assert scalers.worker_processes() == 2
    assert scalers.web_cores() == 1.0
    assert scalers.most_connections() == 300


@pytest.mark.parametrize(
    ("load", "pods", "wished"), [(0, 2, 2), (8.5, 2, 2), (9, 2, 3), (20, 2, 5), (400, 2, 5)]
)
def test_a_rule_asks_for_pods_within_its_bounds(load: float, pods: int, wished: int) -> None:
    assert ScalingRule(least=2, most=5, per_pod=4.0).wished(load, pods) == wished


def test_a_rule_adds_at_most_a_few_or_twice_as_many() -> None:
    assert ScalingRule(2, 50, 4.0).upward(2, 50) == 6
    assert ScalingRule(2, 50, 4.0).upward(8, 50) == 16
    assert ScalingRule(2, 50, 4.0, at_once=0).upward(2, 50) == 4
