"""gateway/clients/upstream_calls.py: a "no" is told from "no answer"."""

import json
import socket
from datetime import UTC, datetime
from typing import Any

import pytest
from prometheus_client import REGISTRY
from pytest_django import Settings

from gateway.clients.types import ImagesStatus
from gateway.clients.upstream_calls import UpstreamCall, call_send, document_as
from gateway.errors import Refused, UpstreamFailed
from platform_site.kit.rest.problems import DomainError, FieldError, problem_document
from platform_site.kit.telemetry.request_context import bind
from platform_site.kit.upstream.http import UpstreamUnavailable, upstream
from platform_site.kit.upstream.replies import Reply
from tests.gateway.documents import images_status
from tests.gateway.provider import Answer, Provider


def ask() -> DomainError:
    with pytest.raises(DomainError) as caught:
        call_send("images", UpstreamCall("GET", "/x"))
    return caught.value


@pytest.mark.parametrize("status", [400, 403, 404, 409, 412, 413, 415, 422, 429, 503])
def test_a_problem_is_relayed_with_its_own_words(provider: Provider, status: int) -> None:
    provider.refuse(
        "GET",
        "/x",
        status,
        "some_code",
        title="Some title",
        detail="Some detail",
        errors=[{"pointer": "/a", "code": "b", "detail": "c"}],
        headers={"Retry-After": "7", "X-Internal": "secret"},
    )
    error = ask()
    assert type(error) is Refused
    assert (error.status, error.code, error.title) == (status, "some_code", "Some title")
    assert error.detail == "Some detail"
    assert error.errors == (FieldError("/a", "b", "c"),)
    assert error.headers == {"Retry-After": "7"}


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_gateway_error_without_a_problem_is_no_answer(provider: Provider, status: int) -> None:
    provider.on("GET", "/x", Answer(status, raw=b"<html>", headers={"Content-Type": "text/html"}))
    assert type(ask()) is UpstreamUnavailable


def test_a_fault_of_the_other_role_is_a_502_without_its_words(provider: Provider) -> None:
    provider.refuse("GET", "/x", 500, "internal_error", detail="pg://user:password@db")
    error = ask()
    assert type(error) is UpstreamFailed
    assert (error.status, error.code) == (502, "upstream_failed")
    assert "password" not in error.detail


@pytest.mark.parametrize("raw", [b"[1]", b"not json", b""])
def test_a_refusal_without_a_document_is_a_fault(provider: Provider, raw: bytes) -> None:
    problem = {"Content-Type": "application/problem+json"}
    provider.on("GET", "/x", Answer(404, raw=raw, headers=problem))
    assert type(ask()) is UpstreamFailed


def test_a_closed_port_is_no_answer(provider: Provider, settings: Settings) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings.UPSTREAMS = {"images": f"http://127.0.0.1:{port}"}
    upstream.cache_clear()
    error = ask()
    assert type(error) is UpstreamUnavailable
    assert error.headers == {"Retry-After": "1"}


def test_after_repeated_silence_nobody_waits_any_more(
    provider: Provider, settings: Settings
) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(16)
        settings.UPSTREAMS = {"images": f"http://127.0.0.1:{silent.getsockname()[1]}"}
        upstream.cache_clear()
        for _ in range(5):
            with pytest.raises(UpstreamUnavailable):
                call_send("images", UpstreamCall("POST", "/x", body=b"", timeout_s=0.02))
        silent.setblocking(False)
        waiting = 0
        while True:
            try:
                silent.accept()[0].close()
            except BlockingIOError:
                break
            waiting += 1
        with pytest.raises(UpstreamUnavailable):
            call_send("images", UpstreamCall("POST", "/x", body=b"", timeout_s=30))
        with pytest.raises(BlockingIOError):
            silent.accept()
    assert waiting == 3


def test_the_request_id_travels(provider: Provider) -> None:
    provider.on("GET", "/x", Answer(200, {}))
    with bind("abcdefgh-1"):
        call_send("images", UpstreamCall("GET", "/x"))
    assert provider.received[0].header("X-Request-ID") == "abcdefgh-1"
    assert (provider.received[0].header("traceparent") or "").startswith("00-")


def test_each_outcome_is_timed(provider: Provider) -> None:
    def count(outcome: str) -> float:
        labels = {"role": "images", "outcome": outcome}
        return REGISTRY.get_sample_value("gateway_upstream_seconds_count", labels) or 0.0

    before = {outcome: count(outcome) for outcome in ("ok", "refused", "failed")}
    provider.on("GET", "/ok", Answer(200, {}))
    provider.refuse("GET", "/x", 404, "not_found")
    provider.on("GET", "/broken", Answer(500, raw=b"oops"))
    call_send("images", UpstreamCall("GET", "/ok"))
    ask()
    with pytest.raises(UpstreamFailed):
        call_send("images", UpstreamCall("GET", "/broken"))
    assert {outcome: count(outcome) - before[outcome] for outcome in before} == {
        "ok": 1.0,
        "refused": 1.0,
        "failed": 1.0,
    }


@pytest.mark.parametrize(("told", "omitted"), [({"errors_omitted": 7}, 7), ({}, 0)])
def test_errors_that_another_role_only_counted_stay_counted(
    provider: Provider, told: dict[str, int], omitted: int
) -> None:
    provider.refuse("GET", "/x", 400, "invalid", **told)
    assert ask().errors_omitted == omitted


@pytest.mark.parametrize(("told", "count"), [({"count": 7}, 7), ({"count": 0}, 0), ({}, None)])
def test_what_another_role_counted_is_told_on(
    provider: Provider, told: dict[str, int], count: int | None
) -> None:
    provider.refuse("GET", "/x", 409, "selection_changed", **told)
    refusal = ask()
    document = problem_document(refusal, instance="/x")
    assert (refusal.count, document.get("count")) == (count, count)


def reply(document: Any) -> Reply:
    return Reply(200, {"Content-Type": "application/json"}, json.dumps(document).encode())


def test_a_document_is_read_to_its_leaves_whatever_a_newer_role_adds() -> None:
    queue = {"name": "bulk", "depth": 1, "oldest_age_s": 3, "colour": "blue"}
    read = document_as(ImagesStatus, reply(images_status(queues=[queue], mood="good")))
    assert read.queues[0].oldest_age_s == 3.0
    assert read.workers[0].last_seen_at == datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert read.cache is not None


def test_what_may_be_left_out_may_be_left_out() -> None:
    document = images_status(storage={"ok": True})
    del document["cache"]
    read = document_as(ImagesStatus, reply(document))
    assert (read.cache, read.storage.bytes) == (None, None)


@pytest.mark.parametrize(
    "document",
    [
        *(None, [], "status", {}),
        images_status(storage=None),
        images_status(queues={}),
        images_status(queues=[None]),
        images_status(workers=[{"name": "w1"}]),
        images_status(jobs={"queued": "many"}),
    ],
)
def test_anything_else_is_a_fault_of_the_other_role(document: Any) -> None:
    with pytest.raises(UpstreamFailed) as caught:
        document_as(ImagesStatus, reply(document))
    assert caught.value.status == 502
