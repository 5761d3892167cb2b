"""Alerts of a drill wait for a thirtieth of what they wait in a cluster, and ask the same."""

import re

import pytest
import yaml

from drills.pace import PACE, REPORTED, SHORTEST_OF_REPORTS_S, hastened, in_a_cluster_s
from tests.observability.expressions import RULES


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_every_rule_stays_a_rule_and_only_its_times_change(path: object) -> None:
    text = path.read_text()  # type: ignore[attr-defined]
    before, after = yaml.safe_load(text)["groups"], yaml.safe_load(hastened(text))["groups"]
    for group, quick in zip(before, after, strict=True):
        assert quick.get("interval", "1s") == "1s"
        for rule, other in zip(group["rules"], quick["rules"], strict=True):
            assert _without_times(rule["expr"]) == _without_times(other["expr"])
            least = SHORTEST_OF_REPORTS_S if REPORTED in rule["expr"] else 1
            waits_s = _seconds(rule.get("for", "0s")) / PACE
            assert _seconds(other.get("for", "0s")) <= max(least, waits_s)
            assert not re.search(r"\[\d+[mhd]\]", other["expr"])


def test_what_was_measured_stands_for_minutes() -> None:
    assert in_a_cluster_s(4.0) == 120.0


def _without_times(expr: str) -> str:
    expr = re.sub(r"avg_over_time\(([^()]*)\) \* \d+ >=", r"sum_over_time(\1) >=", expr)
    return re.sub(r"\[\d+[smhd]\]", "[…]", expr)


def _seconds(word: str) -> int:
    return int(word[:-1]) * {"s": 1, "m": 60, "h": 3600}[word[-1]]
