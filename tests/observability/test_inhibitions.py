"""A cause silences its symptoms: held against the labels that the cases of the rules give."""

import re
from itertools import product
from typing import Any, Final

import pytest
import yaml

from tests.observability.expressions import MONITORING, alerts
from tests.observability.test_rules import CASES

Labels = dict[str, str]
INHIBITIONS: Final[list[dict[str, Any]]] = yaml.safe_load(
    (MONITORING / "alertmanager" / "alertmanager.yml").read_text()
)["inhibit_rules"]
LABEL: Final = re.compile(r'(\w+)="([^"]*)"')
MATCHER: Final = re.compile(r'(\w+)(=~?)"(.*)"')


def fired() -> list[Labels]:
    """The labels of every alert that fires in a case; promtool holds them against the rules."""
    return [
        dict(LABEL.findall(sample["labels"]))
        for path in CASES
        for case in yaml.safe_load(path.read_text())["tests"]
        for check in case["promql_expr_test"]
        for sample in check["exp_samples"]
    ]


def takes(matchers: list[str], labels: Labels) -> bool:
    """Whether Alertmanager would take an alert with these labels."""
    for matcher in matchers:
        found = MATCHER.fullmatch(matcher)
        assert found, matcher
        name, kind, value = found.groups()
        pattern = re.escape(value) if kind == "=" else value
        if not re.fullmatch(pattern, labels.get(name, "")):
            return False
    return True


def named(matchers: list[str]) -> set[str]:
    """The alerts that the matchers can mean by their name."""
    (matcher,) = [m for m in matchers if m.startswith("alertname")]
    return {a["alert"] for a in alerts() if takes([matcher], {"alertname": a["alert"]})}


@pytest.mark.parametrize("number", range(len(INHIBITIONS)))
def test_every_cause_can_silence_every_symptom(number: int) -> None:
    rule = INHIBITIONS[number]
    sources, targets = rule["source_matchers"], rule["target_matchers"]
    assert named(sources)
    assert named(targets)
    for cause, symptom in product(named(sources), named(targets)):
        pairs = [
            (one, other)
            for one in fired()
            if one["alertname"] == cause and takes(sources, one)
            for other in fired()
            if other["alertname"] == symptom and takes(targets, other)
        ]
        same = [
            all(one[label] == other[label] for label in rule.get("equal", []))
            for one, other in pairs
        ]
        assert any(same), f"{cause} never silences {symptom}"


@pytest.mark.parametrize("number", range(len(INHIBITIONS)))
def test_every_alert_that_is_named_exists(number: int) -> None:
    for side in ("source_matchers", "target_matchers"):
        (matcher,) = [m for m in INHIBITIONS[number][side] if m.startswith("alertname")]
        pattern = matcher.partition('"')[2].removesuffix('"')
        for name in pattern.replace("(Availability|Latency)Burns.*", "LatencyBurnsFast").split("|"):
            assert name in {alert["alert"] for alert in alerts()}, matcher


def test_a_cause_does_not_silence_what_it_does_not_explain() -> None:
    for rule in INHIBITIONS:
        always = {"Watchdog", "AlertsNotDelivered", "VolumeFillsUp", "RefreshTokenReused"}
        assert not named(rule["target_matchers"]) & always
