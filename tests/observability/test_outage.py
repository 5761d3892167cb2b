"""A real outage rings: from the role that dies to the receiver, with a runbook that opens."""

import time
from typing import Final

import pytest
import urllib3

from tests.observability.expressions import alerts
from tests.observability.stack import Stack

pytestmark = pytest.mark.processes

SYMPTOMS: Final = ("TargetDown", "AvailabilityBurnsFast")


@pytest.fixture(scope="module")
def silenced(stack: Stack) -> Stack:
    """The platform without images, with people who go on asking for it."""
    alice = stack.person("alice")
    stack.split.programs["images"].stop()
    deadline = time.monotonic() + 25
    while time.monotonic() < deadline:
        assert alice.send("GET", "/api/v1/images").status == 503
        time.sleep(0.1)
    return stack


def test_the_watchdog_reaches_its_switch(stack: Stack) -> None:
    alert = stack.receiver.waited(
        lambda found: found["labels"]["alertname"] == "Watchdog", timeout_s=30
    )
    assert alert["receiver"] == "switch"


def test_a_dead_role_wakes_somebody_with_a_sentence_and_a_runbook(silenced: Stack) -> None:
    alert = silenced.receiver.waited(
        lambda found: (
            found["labels"] | {"service": "images", "alertname": "RoleDown"} == found["labels"]
        ),
        timeout_s=60,
    )
    assert (alert["status"], alert["receiver"]) == ("firing", "on-call")
    assert alert["labels"]["severity"] == "critical"
    assert alert["annotations"]["summary"].startswith("Not one images is running")
    assert "runbooks" not in alert["labels"]

    address, _, anchor = alert["annotations"]["runbook_url"].partition("#")
    page = urllib3.request("GET", address, timeout=5.0)
    assert page.status == 200
    assert f"## {alert['labels']['alertname']}".lower() in page.data.decode().lower()
    assert anchor == "roledown"


def test_the_cause_silences_its_symptoms(silenced: Stack) -> None:
    for symptom in SYMPTOMS:
        deadline = time.monotonic() + 30
        while not silenced.query(f'ALERTS{{alertname="{symptom}",alertstate="firing"}}'):
            assert time.monotonic() < deadline, symptom
            time.sleep(0.5)
    time.sleep(3)
    rang = {
        (alert["labels"]["alertname"], alert["labels"]["service"])
        for alert in silenced.receiver.alerts
        if alert["status"] == "firing"
    }
    assert ("RoleDown", "images") in rang
    assert not rang & {("TargetDown", "images"), ("AvailabilityBurnsFast", "gateway")}


def test_it_is_said_when_it_is_over(silenced: Stack) -> None:
    silenced.split.start("images")
    silenced.receiver.waited(
        lambda found: (found["labels"]["alertname"], found["status"]) == ("RoleDown", "resolved"),
        timeout_s=60,
    )


def test_every_rule_is_evaluated_without_a_fault(stack: Stack) -> None:
    groups = stack.get("rules", {})["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert {rule["name"] for rule in rules} >= {alert["alert"] for alert in alerts()}
    assert [(rule["name"], rule["lastError"]) for rule in rules if rule["health"] != "ok"] == []
