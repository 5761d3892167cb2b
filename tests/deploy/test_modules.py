"""Every module of deploy/ has a test of its name, or stands here with the test that it has."""

from pathlib import Path

import pytest

from tests.deploy.workspace import ROOT

DEPLOY = ROOT / "deploy"
TESTED_BY = {
    "configuration/page.py": ("test_configuration", "the page is compared whole"),
    "configuration/readers.py": ("test_configuration", "what the page is made of"),
    "configuration/recorder.py": ("test_configuration", "runs in a process for each role"),
    "project_release/history.py": (
        "../upgrades/test_two_releases",
        "names the release that runs beside this one",
    ),
    "k8s/tools/change.py": ("test_change_overlay", "one step of that command"),
    "k8s/tools/scratch.py": ("test_builds", "every build is of such a copy"),
    "grafana/source": ("../observability/test_dashboards", "panels are data, compared as JSON"),
}


def modules() -> list[Path]:
    return [
        path.relative_to(DEPLOY)
        for path in sorted(DEPLOY.rglob("*.py"))
        if not path.name.startswith("__")
    ]


def own_test(module: Path) -> Path:
    return ROOT / "tests" / "deploy" / f"test_{module.name}"


def listed(module: Path) -> list[str]:
    return [entry for entry in TESTED_BY if module.is_relative_to(entry)]


def test_a_module_has_a_test_of_its_name_or_an_entry() -> None:
    assert [str(m) for m in modules() if not own_test(m).exists() and not listed(m)] == []


@pytest.mark.parametrize("entry", TESTED_BY)
def test_an_entry_is_of_a_module_and_names_a_test_that_is_there(entry: str) -> None:
    test, reason = TESTED_BY[entry]
    assert (DEPLOY / entry).exists()
    assert (ROOT / "tests" / "deploy" / f"{test}.py").exists()
    assert reason
