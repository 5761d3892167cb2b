"""What Prometheus says becomes what is judged; its questions are of the rules that there are."""

import re
from pathlib import Path

import pytest
import yaml

from platform_site.rollout.ledger import Tally
from platform_site.rollout.measures import sights
from platform_site.rollout.prometheus import Sample

RULES = Path(__file__).resolve().parents[3] / "deploy/k8s/monitoring/prometheus/rules"


class Answers:
    """A Prometheus of a few answers; ``asked`` has every question."""

    def __init__(self, answers: dict[str, list[Sample]]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, float]] = []

    def query(self, expression: str, *, at: float) -> list[Sample]:
        self.asked.append((expression, at))
        return next((found for name, found in self.answers.items() if name in expression), [])


def of(colour: str, value: float, **labels: str) -> Sample:
    return Sample({"colour": colour, **labels}, value)


@pytest.fixture
def answers() -> Answers:
    return Answers(
        {
            "colour:requests:total": [
                of("green", 50, role="gateway"),
                of("blue", 900, role="gateway"),
            ],
            "colour:failures:total": [of("green", 2, role="gateway")],
            "colour:timed:total": [of("green", 40, role="gateway")],
            "colour:within:total": [
                of("green", 30, role="gateway", le="0.1"),
                of("green", 41, role="gateway", le="0.3"),
            ],
            "images_jobs_total": [
                of("green", 3, outcome="succeeded"),
                of("green", 1, outcome="failed"),
            ],
            "celery_tasks_total": [of("green", 2)],
            "process_starts": [of("green", 1)],
            "platform_memory_bytes": [of("green", 5e6, role="auth")],
            "up{": [
                *(of("green", 1, job=role) for role in ("auth", "gateway")),
                *(of("blue", 1, job=role) for role in ("auth", "gateway", "images")),
            ],
        }
    )


def test_each_colour_gets_what_is_its_own(answers: Answers) -> None:
    new, old = sights(answers, new="green", old="blue", traffic_at=10, began_at=20, at=30)

    assert new.failed == {"gateway": Tally(50, 2)}
    assert new.slow == {("gateway", "0.1"): Tally(40, 10), ("gateway", "0.3"): Tally(40, 0)}
    assert new.jobs == Tally(6, 3)
    assert (new.restarts, new.silent, new.growth_bytes) == (1.0, ("images",), {"auth": 5e6})
    assert old.failed == {"gateway": Tally(900, 0)}
    assert (old.jobs, old.silent) == (Tally(), ())


def test_everything_is_asked_of_one_moment_and_since_one_moment(answers: Answers) -> None:
    sights(answers, new="green", old="blue", traffic_at=10, began_at=20, at=30)

    assert {at for _, at in answers.asked} == {30}
    since = {found for words, _ in answers.asked for found in re.findall(r"@ ([\d.]+)", words)}
    assert since == {"20.000", "10.000"}


def test_every_series_is_a_rule_and_every_rule_is_used(answers: Answers) -> None:
    sights(answers, new="green", old="blue", traffic_at=10, began_at=20, at=30)
    asked = {name for words, _ in answers.asked for name in re.findall(r"colour:\w+:\w+", words)}
    groups = yaml.safe_load((RULES / "rollout.yml").read_text())["groups"]
    recorded = {rule["record"] for group in groups for rule in group["rules"] if "record" in rule}

    assert asked == recorded - {"colour:share:ratio"}


def test_the_objective_of_latency_leaves_out_the_same_requests() -> None:
    exempt = re.compile(r"route!~?\"[^\"]+\"")
    of_objective, of_colours = (
        set(exempt.findall((RULES / name).read_text())) for name in ("slo.yml", "rollout.yml")
    )
    assert of_objective == of_colours
