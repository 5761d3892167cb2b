"""What a PromQL expression names: its metrics, and the labels asked of each."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).resolve().parents[2]
MONITORING: Final = ROOT / "deploy" / "k8s" / "monitoring"
RULES: Final = sorted((MONITORING / "prometheus" / "rules").glob("*.yml"))
DASHBOARDS: Final = sorted((ROOT / "deploy" / "grafana").glob("*.json"))

WORDS: Final = frozenset({"or", "and", "unless", "bool", "offset", "inf", "nan"})
TEXT: Final = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
GROUPING: Final = re.compile(r"\b(by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")
SELECTOR: Final = re.compile(r"([a-zA-Z_:][\w:]*)\s*(\{[^}]*\})?")
LABEL: Final = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)")
SELECTED: Final = re.compile(r"""[a-zA-Z_:][\w:]*\{(?:[^}"]|"(?:[^"\\]|\\.)*")+\}""")
CHOICE: Final = re.compile(r'=~\s*"([\w-]+(?:\|[\w-]+)+)"')


@dataclass(frozen=True)
class Named:
    """The metrics of an expression with the labels matched on each, and the labels grouped by."""

    metrics: dict[str, frozenset[str]]
    grouped: frozenset[str]


@dataclass(frozen=True)
class Asked:
    """One expression and where it stands."""

    where: str
    expr: str


def named(expr: str) -> Named:
    """Read ``expr``; strings and durations name nothing."""
    bare = TEXT.sub('""', expr)
    grouped = {
        label.strip()
        for _, labels in GROUPING.findall(bare)
        for label in labels.split(",")
        if label.strip()
    }
    bare = re.sub(r"\[[^]]*\]", "", GROUPING.sub(" ", bare))
    bare = re.sub(r"offset\s+\w+", "", bare)
    found: dict[str, frozenset[str]] = {}
    for match in SELECTOR.finditer(bare):
        name, matchers = match[1], match[2] or ""
        is_call = bare[match.end() :].lstrip().startswith("(") and not matchers
        if is_call or name in WORDS or bare[match.start() - 1 : match.start()].isdigit():
            continue
        labels = frozenset(LABEL.findall(matchers))
        found[name] = found.get(name, frozenset()) | labels
    return Named(found, frozenset(grouped))


def selectors(expr: str) -> set[str]:
    """The selectors of ``expr`` that ask for labels; a choice (``a|b``) is asked for one by one."""
    found: set[str] = set()
    for selector in SELECTED.findall(expr):
        choices = list(CHOICE.finditer(selector))
        for choice in choices:
            before, after = selector[: choice.start()], selector[choice.end() :]
            found |= {f'{before}="{value}"{after}' for value in choice[1].split("|")}
        if not choices:
            found.add(selector)
    return found


def rules() -> Iterator[dict[str, Any]]:
    """Every rule of every file."""
    for path in RULES:
        for group in yaml.safe_load(path.read_text())["groups"]:
            yield from group["rules"]


def alerts() -> list[dict[str, Any]]:
    """Every alerting rule."""
    return [rule for rule in rules() if "alert" in rule]


def panels() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every panel of every dashboard with its dashboard's uid."""
    for path in DASHBOARDS:
        board = json.loads(path.read_text())
        for panel in board["panels"]:
            if panel["type"] != "row":
                yield board["uid"], panel
            for inner in panel.get("panels", []):
                yield board["uid"], inner


def asked_by_rules() -> list[Asked]:
    """The expressions of all rules."""
    return [Asked(rule.get("alert") or rule["record"], rule["expr"]) for rule in rules()]


def asked_by_panels() -> list[Asked]:
    """The expressions of all panels, with Grafana's variable set as Grafana would."""
    return [
        Asked(f"{uid}: {panel['title']}", target["expr"].replace("$__rate_interval", "1m"))
        for uid, panel in panels()
        for target in panel["targets"]
    ]


def documented() -> dict[str, frozenset[str]]:
    """Metrics that cannot be live here, with the labels that their exporters document."""
    families = yaml.safe_load((Path(__file__).parent / "documented.yml").read_text())
    return {
        name: frozenset(labels) for family in families for name, labels in family["metrics"].items()
    }
