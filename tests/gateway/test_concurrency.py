"""gateway/concurrency.py: several calls at once, and what becomes of those that end badly."""

import threading

import pytest
from pytest_django import Settings

from gateway.concurrency import calls_answered, calls_gather
from gateway.errors import Refused, UpstreamFailed
from platform_site.kit.upstream.http import UpstreamUnavailable


@pytest.fixture(params=["http://127.0.0.1:9", "inprocess:platform_site.urls.images"])
def _somewhere(request: pytest.FixtureRequest, settings: Settings) -> None:
    """In threads, and in turn where the roles are in this process."""
    settings.UPSTREAMS = {"images": request.param}


def raises(error: Exception) -> None:
    raise error


@pytest.mark.usefixtures("_somewhere")
def test_a_call_without_an_answer_stands_for_itself() -> None:
    silent, broken = UpstreamUnavailable("auth"), UpstreamFailed()
    calls = {"a": lambda: 1, "b": lambda: raises(silent), "c": lambda: raises(broken)}
    assert calls_gather(calls) == {"a": 1, "b": silent, "c": broken}
    assert calls_answered(calls, within_s=10.0) == {"a": 1}


@pytest.mark.usefixtures("_somewhere")
def test_a_refusal_is_raised() -> None:
    refusal = Refused(status=401, code="token_revoked", title="No")
    with pytest.raises(Refused):
        calls_gather({"a": lambda: 1, "b": lambda: raises(refusal)})


def test_a_part_that_hangs_is_left_out_and_not_waited_for(settings: Settings) -> None:
    settings.UPSTREAMS = {"images": "http://127.0.0.1:9"}
    never = threading.Event()
    try:
        found = calls_answered({"a": lambda: 1, "b": never.wait}, within_s=0.2)
    finally:
        never.set()
    assert found == {"a": 1}


def test_one_call_is_made_by_the_thread_that_would_only_wait(settings: Settings) -> None:
    settings.UPSTREAMS = {"images": "http://127.0.0.1:9"}
    together = threading.Barrier(3)

    def meet() -> int:
        together.wait(5)
        return threading.get_ident()

    found = calls_gather(dict.fromkeys("abc", meet))
    assert found["c"] == threading.get_ident()
    assert len(set(found.values())) == 3
