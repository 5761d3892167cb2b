"""Each failure says what is believed and what must hold, here and for a cluster."""

from pathlib import Path

import pytest

from drills.drill import drills
from tests.observability.expressions import alerts

K8S = Path(__file__).resolve().parents[2] / "drills" / "k8s"
LEAST = 20
KNOWN = drills()


def test_there_are_as_many_as_were_promised() -> None:
    assert len(KNOWN) >= LEAST


def test_a_cluster_has_the_same_ones() -> None:
    assert sorted(file.stem for file in K8S.glob("*.sh") if file.stem != "lib") == sorted(KNOWN)


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_it_says_in_a_sentence_what_is_believed(name: str) -> None:
    said = KNOWN[name].hypothesis
    assert said[0].isupper()
    assert said.endswith(".")
    assert "\n" not in said


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_what_must_ring_is_an_alert_of_ours(name: str) -> None:
    assert set(KNOWN[name].rings) <= {rule["alert"] for rule in alerts()}


def test_the_full_run_breaks_things_for_no_shorter() -> None:
    assert all(one.seconds(is_full=True) >= one.seconds(is_full=False) for one in KNOWN.values())
