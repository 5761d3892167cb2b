"""How fast time goes for alerts in a drill: minutes of waiting become seconds, all alike.

Every ``for``, range and interval of our rules, and every wait of Alertmanager, is divided by
`PACE`, so that an alert that rings after four seconds here rings after two minutes in a cluster.
What a rule compares stays as it is: a job that has waited for 60 s has waited for 60 s, and five
failures are five. Some things are slower than they would be: scrapes come each second, which is 30
in a cluster where 15 are usual, and no range is shorter than a few scrapes. A worker asks its
dependencies each four seconds, here as there: an alert about these waits for more than one answer,
or it would ring for a single one that came late.
"""

import re
from collections.abc import Mapping
from typing import Final

PACE: Final = 30
SHORTEST_RANGE_S: Final = 4
TIMES: Final = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
REPORTED: Final = "platform_dependency_up"
SHORTEST_OF_REPORTS_S: Final = 9
OWN_TIMES: Final = {"postgresql": {"scrape_interval": "5s", "scrape_timeout": "5s"}}
"""An exporter that takes three seconds to say that its server does not answer is waited for."""
WAITS: Final = {"group_wait": "1s", "group_interval": "1s"}
UNITS: Final[Mapping[str, int]] = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
DURATION: Final = r"(\d+)([smhd])\b"


def hastened(rules: str) -> str:
    """A file of rules with shorter times.

    >>> hastened("expr: rate(errors_total[5m]) > 5 and queue_oldest_seconds > 60 for: 2m")
    'expr: rate(errors_total[10s]) > 5 and queue_oldest_seconds > 60 for: 4s'
    >>> hastened("avg_over_time(slo:failures:rate5m[1h]) * 3600 >= 10")
    'sum_over_time(slo:failures:rate5m[120s]) >= 10'
    >>> hastened("expr: min by (part) (platform_dependency_up) == 0 for: 2m")
    'expr: min by (part) (platform_dependency_up) == 0 for: 9s'
    """
    # The number in so much time: a rate for each second, summed each second. An average would be
    # that of the little while for which this Prometheus has been running.
    rules = re.sub(r"avg_over_time\(([^()]*)\) \* \d+ >=", r"sum_over_time(\1) >=", rules)
    rules = re.sub(rf"\[{DURATION}\]", lambda m: f"[{_shorter(m, SHORTEST_RANGE_S)}s]", rules)
    reported = rf"({REPORTED}[^\n]*\n? *for: ){DURATION}"
    slowest = SHORTEST_OF_REPORTS_S * PACE
    rules = re.sub(reported, lambda m: f"{m[1]}{max(slowest, _seconds(m[2], m[3]))}s", rules)
    rules = re.sub(rf"\bfor: {DURATION}", lambda m: f"for: {_shorter(m, 1)}s", rules)
    return re.sub(rf"\binterval: {DURATION}", "interval: 1s", rules)


def in_a_cluster_s(seconds: float) -> float:
    """How long what took ``seconds`` of a drill's alerting takes where nothing is hastened."""
    return seconds * PACE


def _shorter(found: re.Match[str], least: int) -> int:
    return max(least, _seconds(found[1], found[2]) // PACE)


def _seconds(number: str, unit: str) -> int:
    return int(number) * UNITS[unit]
