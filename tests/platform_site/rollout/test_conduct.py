"""Whole roll-outs in simulated time: bad builds go back in time and cost little, good ones stay."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from platform_site.rollout.conduct import BLIND_S, Patience, Rollout, history
from platform_site.rollout.steps import Phase, Progress
from tests.platform_site.rollout.world import GOOD, Build, SimulatedProbe, World

BAD = {
    "1 % errors": Build(errors=0.01),
    "300 ms more": Build(slow=0.97),
    "leak": Build(bytes_each=1_500_000.0),
    "crash loop": Build(crashes=0.05),
    "broken job": Build(job_failures=1.0),
    "broken migration": Build(refusals=("not ready within 120 s: images",)),
    "wrong configuration": Build(refusals=("not ready within 120 s: auth",)),
    "missing secret": Build(refusals=("no answer",)),
    "slow start": Build(refusals=("not ready within 120 s",)),
    "bad static files": Build(pages=lambda _: ("/assets/index.js answers 404",)),
}
SEEDS = range(40)


def rolled_out(world: World, said: list[str] | None = None) -> Progress:
    rollout = Rollout(
        world,
        world,
        SimulatedProbe(world),
        say=(said if said is not None else []).append,
        clock=world.clock,
        sleep=world.sleep,
    )
    return rollout.run("green", "blue")


@pytest.mark.parametrize("name", BAD)
def test_a_bad_build_goes_back_within_two_minutes_and_costs_little(name: str) -> None:
    for seed in SEEDS:
        world = World(BAD[name], seed)
        ended = rolled_out(world)

        assert ended.phase == Phase.REVERTED, f"seed {seed}"
        assert world.share == 0
        assert not ended.traffic_at or ended.ended_at - ended.traffic_at <= 120, f"seed {seed}"
        assert world.budget_spent < 0.01, f"seed {seed}"


def test_what_can_be_found_before_costs_nobody_anything() -> None:
    for name in ("broken migration", "wrong configuration", "missing secret", "slow start"):
        world = World(replace(BAD[name], errors=1.0), 0)
        ended = rolled_out(world)
        assert ended.why == f"before any traffic: {BAD[name].refusals[0]}"
        assert world.first_traffic == 0.0


def test_good_builds_stay() -> None:
    ends = [rolled_out(World(GOOD, seed)) for seed in range(60)]
    assert [one.why for one in ends if one.phase != Phase.PROMOTED] == []


@pytest.mark.parametrize("per_s", [5.0, 200.0])
def test_good_builds_stay_with_few_people_and_with_many(per_s: float) -> None:
    for seed in range(10):
        assert rolled_out(World(GOOD, seed, per_s=per_s)).phase == Phase.PROMOTED


def test_an_outage_of_both_is_not_laid_at_the_door_of_the_release() -> None:
    for seed in range(40):
        world = World(GOOD, seed, outage=range(100, 160))
        assert rolled_out(world).phase == Phase.PROMOTED, f"seed {seed}"


def test_a_release_that_nobody_uses_goes_back_in_bounded_time() -> None:
    world = World(GOOD, 0, per_s=0.01)
    ended = rolled_out(world)
    assert ended.phase == Phase.REVERTED
    assert "cannot be told" in ended.why
    assert ended.ended_at - ended.began_at < 1000


def test_without_prometheus_a_release_waits_and_then_goes_back() -> None:
    short = World(GOOD, 0, prometheus_gone=range(100, 115))
    assert rolled_out(short).phase == Phase.PROMOTED

    world = World(GOOD, 0, prometheus_gone=range(100, 10_000))
    ended = rolled_out(world)
    assert ended.phase == Phase.REVERTED
    assert ended.why == "nobody can judge it: Prometheus is away"
    assert ended.ended_at - (world.began + 100) < BLIND_S + 15


def test_nobody_is_sent_where_prometheus_sees_nothing() -> None:
    world = World(Build(is_silent=True), 0)
    ended = rolled_out(world)
    assert ended.why.startswith("before any traffic: Prometheus gets no metrics of auth of green")
    assert world.first_traffic == 0.0


class Killed(BaseException):
    """The process of the command is no more."""


@pytest.mark.parametrize("build", [GOOD, BAD["1 % errors"]], ids=["good", "bad"])
def test_killed_at_any_moment_it_goes_on_where_it_was(build: Build) -> None:
    for moment in (30, 70, 90, 110, 130, 170, 230):
        world = World(build, 7)

        def sleep(seconds: float, world: World = world, moment: int = moment) -> None:
            world.sleep(seconds)
            if world.now - world.began >= moment and not world.kept.get("killed"):  # type: ignore[union-attr]
                raise Killed

        rollout = Rollout(
            world, world, SimulatedProbe(world), say=lambda _: None, clock=world.clock, sleep=sleep
        )
        try:
            rollout.run("green", "blue")
        except Killed:
            kept: dict[str, Any] = dict(world.kept or {})
            assert world.share == Progress.of_json(kept).share
        said: list[str] = []
        ended = rolled_out(world, said)

        assert ended.phase == (Phase.PROMOTED if build is GOOD else Phase.REVERTED)


def test_an_operator_sends_everybody_back() -> None:
    world = World(GOOD, 0)
    world.share_set("green", 50)
    rollout = Rollout(world, world, SimulatedProbe(world), say=lambda _: None, clock=world.clock)
    ended = rollout.revert("green", "blue", "an operator asked for it")
    assert (world.share, ended.phase) == (0, Phase.REVERTED)
    assert history(ended).splitlines() == [
        "green beside blue: reverted, 0 % of people",
        "why: an operator asked for it",
    ]


def test_one_that_is_under_way_heeds_who_sends_everybody_back() -> None:
    world = World(GOOD, 0)

    def sleep(seconds: float) -> None:
        world.sleep(seconds)
        if world.share == 50:
            other = Rollout(world, world, SimulatedProbe(world), say=said.append, clock=world.clock)
            other.revert("green", "blue", "an operator asked for it")

    said: list[str] = []
    rollout = Rollout(
        world, world, SimulatedProbe(world), say=said.append, clock=world.clock, sleep=sleep
    )
    ended = rollout.run("green", "blue")

    assert (ended.phase, ended.why) == (Phase.REVERTED, "an operator asked for it")
    assert world.share == 0


def test_what_it_says_can_be_read() -> None:
    said: list[str] = []
    rolled_out(World(BAD["300 ms more"], 1), said)

    assert said[:3] == [
        "looks at green before anybody is sent to it",
        "green is ready and warmed up",
        "1 % to green",
    ]
    assert said[-1].startswith("REVERTED: gateway slower than 100 ms:")


def endings(worlds: Iterator[World]) -> list[Phase]:
    return [rolled_out(world).phase for world in worlds]


assert Patience().look_every_s < BLIND_S
