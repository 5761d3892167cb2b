"""The simulation waits as Erlang's formula says, and scales as the rule says."""

import random
from itertools import pairwise, repeat
from statistics import mean, stdev

import pytest

from bench.scalers import ScalingRule
from bench.simulation import Scaling, drawn, erlang_wait, poisson, simulate

ARRIVALS = 8_000
RUNS = 12
ERRORS = 3.5
"""Standard errors of the mean over independent runs that the formula may be away."""


def steady(rate: float, seed: int) -> list[float]:
    return list(poisson(lambda _: rate, rate, ARRIVALS / rate, seed))


def assert_waits(expected: float, means: list[float]) -> None:
    error = stdev(means) / len(means) ** 0.5
    assert abs(mean(means) - expected) < ERRORS * error
    assert error < 0.1 * expected, "the runs say too little"


@pytest.mark.parametrize(("servers", "load"), [(1, 0.5), (1, 0.7), (3, 0.8), (8, 0.85)])
def test_without_an_autoscaler_it_waits_as_erlang_says(servers: int, load: float) -> None:
    """M/M/c, by runs of fixed seeds."""
    service_s = 0.2
    rate = load * servers / service_s

    def wait(seed: int) -> float:
        dice = random.Random(seed)
        arrivals = steady(rate, 1_000 + seed)
        draw = lambda: dice.expovariate(1 / service_s)  # noqa: E731 - used here only
        return simulate(arrivals, draw, scaling=None, servers=servers).mean

    assert_waits(erlang_wait(rate, service_s, servers), [wait(seed) for seed in range(RUNS)])


def test_one_server_is_the_known_closed_form() -> None:
    """M/M/1: load / (1 - load) times the service."""
    assert erlang_wait(rate=4.0, service_s=0.2, servers=1) == pytest.approx(0.8)
    with pytest.raises(ValueError, match="without end"):
        erlang_wait(rate=5.0, service_s=0.2, servers=1)


def test_a_constant_service_waits_half_as_long() -> None:
    """M/D/1, by Pollaczek and Khinchine."""
    means = [
        simulate(steady(4.0, seed), lambda: 0.2, scaling=None, servers=1).mean
        for seed in range(RUNS)
    ]
    assert_waits(0.4, means)


def test_the_same_seed_is_the_same_run() -> None:
    first, second = (
        simulate(steady(9.0, 1)[:500], drawn([0.1, 0.3], 2), scaling=None, servers=2).waits
        for _ in range(2)
    )
    assert first == second


def test_everybody_is_served_in_turn() -> None:
    found = simulate([0.0, 0.0, 0.0, 0.0], lambda: 10.0, scaling=None, servers=2)
    assert found.waits == [0.0, 0.0, 10.0, 10.0]
    assert found.percentile(0.5) == 10.0


RULE = ScalingRule(least=2, most=5, per_pod=4.0)


def burst(jobs: int, rule: ScalingRule = RULE, start_s: float = 20.0) -> Scaling:
    assert jobs
    return Scaling(rule, servers_per_pod=1, by_queue=True, start_s=start_s)


def test_a_burst_brings_pods_once_they_have_started() -> None:
    found = simulate(repeat(0.0, 100), lambda: 10.0, scaling=burst(100))
    assert found.most_pods == 5
    pods = {moment: number for moment, number, *_ in found.looks}
    assert (pods[15.0], pods[30.0], pods[45.0]) == (2, 2, 5)
    assert len(found.waits) == 100
    # 100 jobs of 10 s: two servers until 35 s (4 starts each), then five.
    assert found.percentile(1.0) == pytest.approx(35 + 10 * (92 / 5), abs=10)


def test_pods_stay_for_the_stabilization_and_go_one_by_one_where_the_rule_says() -> None:
    rule = ScalingRule(2, 5, 4.0, down_each_s=60.0, stabilization_s=100.0)
    later = [*repeat(0.0, 60), 600.0]
    found = simulate(later, lambda: 5.0, scaling=burst(60, rule))
    after = [number for moment, number, *_ in found.looks if moment > 100]
    assert after[0] == 5
    assert sorted(after, reverse=True) == after
    assert {first - second for first, second in pairwise(after)} == {0, 1}
    assert after[-1] == 2


def test_by_processor_time_pods_follow_the_load() -> None:
    rule = ScalingRule(least=2, most=5, per_pod=0.5, at_once=0)
    scaling = Scaling(rule, servers_per_pod=1, by_queue=False, start_s=5.0)
    arrivals = poisson(lambda _: 100.0, 100.0, 120.0, 9)
    found = simulate(arrivals, lambda: 0.014, scaling=scaling)  # 1.4 cores are three pods' worth
    assert found.looks[-1][1] == 3
