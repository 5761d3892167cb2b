import re
import threading
from contextlib import suppress

import pytest

from platform_site.kit.telemetry import request_context
from platform_site.kit.telemetry.request_context import (
    acting_for,
    bind,
    current_request_id,
    current_trace_id,
    current_user_id,
    follow,
    outgoing_headers,
    recorded_trace_id,
)

REQUEST_ID = "0190b6a0-0000-7000-8000-000000000001"
TRACE = "0af7651916cd43dd8448eb211c80319c"
UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def test_outside_of_work_there_is_no_identity() -> None:
    assert current_request_id() == ""
    assert outgoing_headers() == {}


def test_a_well_formed_id_is_kept() -> None:
    for given in (REQUEST_ID, "abcdefgh", "A-1" * 20):
        with bind(given) as request_id:
            assert request_id == given == current_request_id()
    assert current_request_id() == ""


@pytest.mark.parametrize(
    "given",
    [None, "", "short", "x" * 65, "with space", "line\nbreak", "ünïcödé-id", "a" * 20 + "\n"],
)
def test_another_id_is_replaced(given: str | None) -> None:
    with bind(given) as request_id:
        assert request_id != given
        assert UUID7.fullmatch(request_id)


def test_the_trace_goes_on_with_a_new_span() -> None:
    with bind(REQUEST_ID, f"00-{TRACE}-b7ad6b7169203331-01"):
        first, second = (outgoing_headers()["traceparent"] for _ in range(2))
    assert first.split("-")[:2] == second.split("-")[:2] == ["00", TRACE]
    assert len({first.split("-")[2], second.split("-")[2], "b7ad6b7169203331"}) == 3


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        "garbage",
        f"00-{TRACE.upper()}-b7ad6b7169203331-01",
        f"00-{'0' * 32}-b7ad6b7169203331-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE}-b7ad6b7169203331-01-extra",
    ],
)
def test_a_malformed_trace_is_started_anew(given: str | None) -> None:
    with bind(REQUEST_ID, given):
        found = outgoing_headers()["traceparent"].split("-")[1]
    assert re.fullmatch(r"[0-9a-f]{32}", found)
    assert found not in {TRACE, "0" * 32}


def test_work_inside_work_gives_the_outer_identity_back() -> None:
    with bind(REQUEST_ID):
        with suppress(LookupError), bind("inner-request"):
            assert current_request_id() == "inner-request"
            raise LookupError
        assert current_request_id() == REQUEST_ID
    assert (current_request_id(), current_trace_id()) == ("", "")


def test_threads_have_identities_of_their_own() -> None:
    seen: list[str] = []
    with bind(REQUEST_ID):
        thread = threading.Thread(target=lambda: seen.append(current_request_id()))
        thread.start()
        thread.join()
    assert seen == [""]


def test_work_inside_work_goes_on_in_its_trace() -> None:
    with bind(REQUEST_ID, f"00-{TRACE}-b7ad6b7169203331-01"), bind(REQUEST_ID):
        assert outgoing_headers()["traceparent"].split("-")[1] == TRACE


def test_a_recorded_trace_is_the_one_that_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_context, "_recorders", [])
    assert recorded_trace_id() == ""
    follow(lambda: "f" * 32)
    with bind(REQUEST_ID, f"00-{TRACE}-b7ad6b7169203331-01"):
        assert outgoing_headers()["traceparent"].split("-")[1] == "f" * 32
    follow(lambda: "")
    with bind(REQUEST_ID, f"00-{TRACE}-b7ad6b7169203331-01"):
        assert outgoing_headers()["traceparent"].split("-")[1] == TRACE


def test_whom_the_work_is_for_may_become_known_later() -> None:
    known: list[str] = []
    assert current_user_id() is None
    with acting_for(lambda: known[0] if known else None):
        assert current_user_id() is None
        known.append("alice")
        assert current_user_id() == "alice"
    assert current_user_id() is None
