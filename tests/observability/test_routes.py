"""Which receiver gets an alert: Alertmanager's own tool answers for each kind of alert."""

import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.observability.expressions import MONITORING, alerts
from tests.observability.programs import needed

CONFIGURATION: Final = MONITORING / "alertmanager" / "alertmanager.yml"
DELIVERY: Final = MONITORING / "alertmanager" / "delivery.yml"
RECEIVERS: Final = {"critical": "on-call", "warning": "team", "none": "switch"}


def amtool(*arguments: str) -> str:
    needed(["amtool"])
    done = subprocess.run(["amtool", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def test_as_it_comes_it_is_valid_and_tells_nobody() -> None:
    """Without the optional Secret nothing may fail: a receiver without a way cannot."""
    assert "SUCCESS" in amtool("check-config", str(CONFIGURATION))
    configuration = yaml.safe_load(CONFIGURATION.read_text())
    assert [receiver.keys() for receiver in configuration["receivers"]] == [{"name"}] * 3
    assert "/run/secrets" not in CONFIGURATION.read_text()


def test_with_the_ways_of_the_other_file_it_is_valid_and_names_the_same_receivers(
    tmp_path: Path,
) -> None:
    configuration = yaml.safe_load(CONFIGURATION.read_text())
    delivery = yaml.safe_load(DELIVERY.read_text())
    names = [receiver["name"] for receiver in configuration["receivers"]]
    assert [receiver["name"] for receiver in delivery["receivers"]] == names
    assert configuration["global"].items() <= delivery["global"].items()
    file = tmp_path / "alertmanager.yml"
    file.write_text(yaml.safe_dump(configuration | delivery | {"templates": []}))
    assert "SUCCESS" in amtool("check-config", str(file))


@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: alert["alert"])
def test_an_alert_goes_to_the_receiver_of_its_severity(alert: dict[str, Any]) -> None:
    severity = alert["labels"]["severity"]
    labels = (f"alertname={alert['alert']}", f"severity={severity}", "service=any")
    told = amtool("config", "routes", "test", f"--config.file={CONFIGURATION}", *labels)
    assert told == RECEIVERS[severity]


def test_an_alert_without_a_severity_reaches_somebody() -> None:
    told = amtool("config", "routes", "test", f"--config.file={CONFIGURATION}", "alertname=New")
    assert told == "team"


def test_on_call_is_told_in_three_ways() -> None:
    receivers = yaml.safe_load(DELIVERY.read_text())["receivers"]
    ways = {receiver["name"]: sorted(receiver.keys() - {"name"}) for receiver in receivers}
    assert ways == {
        "on-call": ["email_configs", "slack_configs", "webhook_configs"],
        "team": ["slack_configs"],
        "switch": ["webhook_configs"],
    }


def test_the_switch_has_an_address_of_its_own() -> None:
    """It rings when it hears nothing: an address that others write to would never be silent."""
    receivers = yaml.safe_load(DELIVERY.read_text())["receivers"]
    urls = [hook["url"] for told in receivers for hook in told.get("webhook_configs", [])]
    assert len(urls) == len(set(urls)) == 2


def test_every_secret_comes_from_a_file() -> None:
    text = DELIVERY.read_text()
    assert text.count("/run/secrets/alertmanager/") == 3
    for word in ("api_url:", "auth_password:", "credentials:"):
        assert word not in text
