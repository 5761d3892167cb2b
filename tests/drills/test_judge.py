"""The judge acquits every right run, and finds each fault that is put into one as what it is."""

import pytest
from hypothesis import HealthCheck, given, settings

from drills.judge import Kind, judge
from tests.drills.mutations import MUTATIONS, Mutation
from tests.drills.runs import Model, runs

SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large)


@settings(max_examples=150, deadline=None, suppress_health_check=SLOW)
@given(runs())
def test_a_right_run_is_acquitted(run: Model) -> None:
    verdict = judge(run.calls, run.truth(), delivery_cache_s=0)
    assert verdict.is_good, str(verdict)


@pytest.mark.parametrize(("kind", "words", "mutate"), MUTATIONS.values(), ids=MUTATIONS)
@settings(max_examples=6, deadline=None, suppress_health_check=SLOW)
@given(run=runs())
def test_each_fault_is_found_as_what_it_is(
    kind: Kind, words: str, mutate: Mutation, run: Model
) -> None:
    truth = mutate(run, run.truth())
    verdict = judge(run.calls, truth, delivery_cache_s=0)
    assert not verdict.is_good
    named = [each.words for each in verdict.findings if each.kind == kind]
    assert any(words in each for each in named), str(verdict)


def test_every_kind_has_a_fault() -> None:
    assert {kind for kind, _words, _mutation in MUTATIONS.values()} == set(Kind)
