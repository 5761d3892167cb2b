"""Every alert fires and is silent when it should, says a sentence, and has a page for the night."""

import re
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.observability.expressions import MONITORING, ROOT, RULES, alerts
from tests.observability.programs import needed

CASES: Final = sorted((Path(__file__).parent / "rules").glob("*.test.yml"))
RUNBOOKS: Final = ROOT / "docs" / "runbooks"
ALWAYS_FIRES: Final = "Watchdog"
NAME: Final = re.compile(r'alertname="(\w+)"')


def outcomes() -> dict[str, set[str]]:
    """For each alert, whether a case of it fires and whether one is silent."""
    found: dict[str, set[str]] = {}
    for path in CASES:
        for case in yaml.safe_load(path.read_text())["tests"]:
            for check in case["promql_expr_test"]:
                (name,) = NAME.findall(check["expr"])
                fires = "fires" if check["exp_samples"] else "is silent"
                found.setdefault(name, set()).add(fires)
    return found


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_promtool_agrees_with_every_case(path: Path) -> None:
    needed(["promtool"])
    done = subprocess.run(
        ["promtool", "test", "rules", path.name],
        cwd=path.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_sees_a_threshold_that_was_changed(tmp_path: Path) -> None:
    needed(["promtool"])
    (cases,) = [path for path in CASES if path.stem == "work.test"]
    text = next(path for path in RULES if path.stem == "work").read_text()
    (tmp_path / "work.yml").write_text(text.replace("> 60", "> 6000"))
    moved = cases.read_text().replace(
        "../../../deploy/k8s/monitoring/prometheus/rules/work.yml", "work.yml"
    )
    (tmp_path / cases.name).write_text(moved)
    done = subprocess.run(
        ["promtool", "test", "rules", cases.name],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "PeopleWaitForJobs" in done.stdout + done.stderr


@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: alert["alert"])
def test_an_alert_has_a_case_in_which_it_fires_and_one_in_which_it_is_silent(
    alert: dict[str, Any],
) -> None:
    wanted = {"fires"} if alert["alert"] == ALWAYS_FIRES else {"fires", "is silent"}
    assert outcomes()[alert["alert"]] == wanted


@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: alert["alert"])
def test_an_alert_says_a_sentence_and_where_to_read_on(alert: dict[str, Any]) -> None:
    assert alert["labels"]["severity"] in {"critical", "warning", "none"}
    assert alert["labels"]["service"]
    summary = alert["annotations"]["summary"]
    assert summary.endswith(".")
    assert len(summary.split()) >= 8
    page, _, anchor = (
        alert["annotations"]["runbook_url"]
        .removeprefix("{{ $externalLabels.runbooks }}/")
        .partition("#")
    )
    assert anchor == alert["alert"].lower()
    section = (RUNBOOKS / page).read_text().partition(f"\n## {alert['alert']}\n")[2]
    section = section.partition("\n## ")[0]
    for part in ("**Meaning.**", "**Impact.**", "**Diagnosis.**", "**Remedy.**"):
        assert part in section, part
    board = alert["annotations"]["dashboard_url"].rpartition("/platform-")[2]
    assert (ROOT / "deploy" / "grafana" / f"{board}.json").exists()


def test_no_runbook_is_left_of_an_alert_that_is_gone() -> None:
    names = {alert["alert"] for alert in alerts()}
    for path in RUNBOOKS.glob("*.md"):
        if path.name != "README.md":
            assert set(re.findall(r"^## (\w+)$", path.read_text(), re.MULTILINE)) <= names
    index = (RUNBOOKS / "README.md").read_text()
    assert {name for name in names if name not in index} == set()


def test_every_rules_file_is_mounted_and_loaded() -> None:
    kustomization = yaml.safe_load((MONITORING / "prometheus/kustomization.yaml").read_text())
    (mounted,) = [
        generator["files"]
        for generator in kustomization["configMapGenerator"]
        if generator["name"] == "prometheus-rules"
    ]
    assert mounted == [f"rules/{path.name}" for path in RULES]
    configuration = yaml.safe_load((MONITORING / "prometheus/prometheus.yml").read_text())
    assert configuration["rule_files"] == ["/etc/prometheus/rules/*.yml"]
    server = (MONITORING / "prometheus/server.yaml").read_text()
    assert "{name: rules, mountPath: /etc/prometheus/rules, readOnly: true}" in server
