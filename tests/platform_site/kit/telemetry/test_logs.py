import io
import json
import logging
import logging.config
import os
from collections.abc import Callable, Iterator
from datetime import datetime
from uuid import UUID

import pytest
import structlog
from django.http import HttpResponse
from django.utils.log import log_response

from platform_site.kit.telemetry import logs
from platform_site.kit.telemetry.request_context import bind
from tests.platform_site.kit.log_lines import Lines, listening

IDENTITY = UUID("0190b6a0-0000-7000-8000-000000000001")
log = structlog.get_logger("tests.logs")


@pytest.fixture
def lines() -> Iterator[Lines]:
    with listening() as lines:
        yield lines


def test_an_event_is_one_json_line(lines: Lines) -> None:
    with bind(str(IDENTITY)):
        log.info("image_stored", image_id=IDENTITY, bytes=12)
    (event,) = lines.events
    assert datetime.fromisoformat(event.pop("time")).utcoffset() is not None
    assert len(event.pop("trace_id")) == 32
    assert event == {
        "event": "image_stored",
        "image_id": str(IDENTITY),
        "bytes": 12,
        "request_id": str(IDENTITY),
        "level": "info",
        "logger": "tests.logs",
    }


def test_other_libraries_speak_in_the_same_shape(lines: Lines) -> None:
    with bind(str(IDENTITY)):
        logging.getLogger("some.library").warning("%s of %d", "two", 3)
    (event,) = lines.events
    assert (event["event"], event["level"], event["logger"]) == (
        "two of 3",
        "warning",
        "some.library",
    )
    assert event["request_id"] == str(IDENTITY)


@pytest.mark.parametrize("name", sorted(logs.REDACTED))
def test_what_is_secret_is_not_written(lines: Lines, name: str) -> None:
    log.info("signed_in", **{name: "hunter2"})
    assert lines.events[0][name] == "[redacted]"
    assert "hunter2" not in lines.text


@pytest.mark.parametrize("name", ["Authorization", "PASSWORD", "Cookie", "Email"])
def test_the_case_of_a_name_hides_nothing(lines: Lines, name: str) -> None:
    log.info("signed_in", **{name: "hunter2"})
    assert "hunter2" not in lines.text


@pytest.mark.parametrize(
    "name", ["access_token", "refresh_token", "client_secret", "new_password", "user_email"]
)
def test_a_longer_name_hides_nothing(lines: Lines, name: str) -> None:
    log.info("signed_in", **{name: "hunter2"})
    assert "hunter2" not in lines.text


def test_secrets_are_found_inside_of_mappings(lines: Lines) -> None:
    log.info("asked", headers={"Authorization": "Bearer hunter2", "Accept": "*/*"})
    assert lines.events[0]["headers"] == {"Authorization": "[redacted]", "Accept": "*/*"}


def test_names_that_only_resemble_a_secret_are_written(lines: Lines) -> None:
    log.info("counted", token_type="Bearer", accessed=3, secretary="Ada", emails=2)
    event = lines.events[0]
    assert [event[name] for name in ("token_type", "accessed", "secretary", "emails")] == (
        ["Bearer", 3, "Ada", 2]
    )


def test_an_exception_is_one_line(lines: Lines) -> None:
    try:
        os.environ["GONE"]
    except LookupError:
        log.exception("broken")
    (event,) = lines.events
    assert event["exception"].endswith("KeyError: 'GONE'")


@pytest.mark.parametrize("value", ["\ud800", 2**70, {1: 2}, b"raw", object])
def test_no_line_is_lost_to_its_content(lines: Lines, value: object) -> None:
    log.info("odd", value=value)
    assert [event["event"] for event in lines.events] == ["odd"]


def test_a_line_break_does_not_begin_a_line(lines: Lines) -> None:
    log.info("odd", filename='a\n{"event": "forged"}')
    assert len(lines.events) == 1


def test_a_whole_event_has_the_shape_of_any_other(lines: Lines) -> None:
    with bind(str(IDENTITY)):
        log.info("image_stored", image_id=str(IDENTITY), bytes=12)
        logs.event_write(
            logging.getLogger("tests.logs"),
            logging.INFO,
            "image_stored",
            {"image_id": str(IDENTITY), "bytes": 12},
        )
    by_structlog, whole = lines.events
    for event in (by_structlog, whole):
        assert event.pop("time").endswith("Z")
    assert whole == by_structlog


def test_a_whole_event_outside_of_a_request_names_none(lines: Lines) -> None:
    logs.event_write(logging.getLogger("tests.logs"), logging.WARNING, "odd", {})
    (event,) = lines.events
    assert sorted(event) == ["event", "level", "logger", "time"]


def test_a_whole_event_below_the_level_is_not_written(lines: Lines) -> None:
    logs.event_write(logging.getLogger("tests.logs"), logging.DEBUG, "odd", {})
    assert lines.text == ""


def test_a_whole_event_is_written_for_people_too(monkeypatch: pytest.MonkeyPatch) -> None:
    formatter = dict(logs.configuration(level="INFO", form="console")["formatters"]["event"])
    del formatter["()"]
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.EventFormatter(**formatter))
    logger = logging.getLogger("tests.people")
    monkeypatch.setattr(logger, "handlers", [handler])
    monkeypatch.setattr(logger, "level", logging.INFO)
    logs.event_write(logger, logging.INFO, "image_stored", {"bytes": 12})
    assert "image_stored" in stream.getvalue()
    assert "bytes=12" in stream.getvalue()
    assert "{" not in stream.getvalue()


def test_people_get_a_form_without_colours() -> None:
    formatter = logs.configuration(level="INFO", form="console")["formatters"]["event"]
    assert isinstance(formatter["processors"][-1], structlog.dev.ConsoleRenderer)


@pytest.fixture
def configured() -> Iterator[Callable[[], str]]:
    """The setting ``LOGGING`` in force as a process has it; gives what was written so far."""
    stream = io.StringIO()
    setting = logs.configuration(level="INFO", form="json")
    setting["handlers"]["stdout"]["stream"] = stream
    names = [None, *setting["loggers"]]
    loggers = [logging.getLogger(name) for name in names]
    kept = [(one, one.level, [*one.handlers], [*one.filters]) for one in loggers]
    logging.config.dictConfig(setting)
    yield stream.getvalue
    for one, level, handlers, filters in kept:
        one.setLevel(level)
        one.handlers[:], one.filters[:] = handlers, filters


ADDRESS = "/i/k1/1900000000/c2lnbmF0dXJl/018f0000/w320.webp"


def test_an_answer_of_5xx_tells_no_path(configured: Callable[[], str]) -> None:
    log_response("%s: %s", "Service Unavailable", ADDRESS, response=HttpResponse(status=503))
    assert configured() == ""


def test_an_error_of_ours_tells_its_traceback_and_no_path(configured: Callable[[], str]) -> None:
    error = ValueError("odd")
    response = HttpResponse(status=500)
    log_response("%s: %s", "Internal Server Error", ADDRESS, response=response, exception=error)
    (line,) = configured().splitlines()
    event = json.loads(line)
    assert (event["event"], event["level"]) == ("request_broken", "error")
    assert event["exception"].endswith("ValueError: odd")
    assert "/i/" not in line


def test_a_form_without_its_token_tells_no_path(configured: Callable[[], str]) -> None:
    response = HttpResponse(status=403)
    logger = logging.getLogger("django.security.csrf")
    log_response("Forbidden (%s): %s", "no cookie", ADDRESS, response=response, logger=logger)
    assert configured() == ""
