"""docs/configuration.md says every variable that is read, and every variable set is one that is."""

import ast
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.configuration import page, readers, recorder
from deploy.k8s.tools.objects import named, of_kind, pods
from platform_site.kit import env
from tests.deploy.components import USES
from tests.deploy.gates.references import environment
from tests.deploy.workspace import ROOT, Workspace

OURS = ("platform_site", "accounts", "gateway", "images", "manage.py")
DIRECT_READS = {
    # where: which variable, and why it is not read by a reader of the kit
    "manage.py": "DJANGO_SETTINGS_MODULE",  # before anything of ours is imported
    "platform_site/kit/env.py": "the readers",
    "platform_site/kit/telemetry/exemplars.py": "PROMETHEUS_MULTIPROC_DIR",  # sets it
    "platform_site/kit/telemetry/metric_files.py": "PROMETHEUS_MULTIPROC_DIR",  # sets it
    "platform_site/kit/telemetry/metrics.py": "PROMETHEUS_MULTIPROC_DIR",
    "platform_site/kit/telemetry/tracing.py": "OTEL_PYTHON_DJANGO_EXCLUDED_URLS",  # set, not read
    "platform_site/settings/test_embedded.py": "tests",
    "platform_site/embedded/supervisor.py": "all, for its children",
    "platform_site/management/commands/rehearse_restore.py": "all, for its child",
    "platform_site/backup/trial_servers.py": "all, for the server that it starts",
}
OF_THE_SYSTEM = {"HOME", "HOSTNAME", "POD_NAME", "NODE_NAME", "PATH"}


@pytest.fixture(scope="session")
def known() -> dict[str, readers.Known]:
    return readers.of_roles()


def test_the_page_is_what_the_command_makes() -> None:
    assert page.DOCUMENT.read_text() == page.page(), "run: make configuration"


def test_every_variable_has_a_sentence(known: dict[str, readers.Known]) -> None:
    assert len(known) > 50
    assert page.undescribed([item.variable for item in known.values()]) == []
    assert page.undescribed(readers.of_edge()) == []


def test_a_reader_wants_a_sentence() -> None:
    with pytest.raises(TypeError, match="about"):
        env.text("NAME", "default")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="about"):
        env.integer("NAME", 1)  # type: ignore[call-arg]


def sources() -> list[Path]:
    return [
        file
        for place in OURS
        for file in ([ROOT / place] if place.endswith(".py") else (ROOT / place).rglob("*.py"))
    ]


def test_nothing_reads_the_environment_past_the_readers() -> None:
    direct = {
        str(file.relative_to(ROOT))
        for file in sources()
        if re.search(r"\bos\.(environ|getenv)|from os import .*(environ|getenv)", file.read_text())
    }
    assert direct == set(DIRECT_READS)


def test_every_name_in_a_reader_is_on_the_page(known: dict[str, readers.Known]) -> None:
    """A reader that no recorded start calls would be missing from the page."""
    read: set[str] = set()
    for file in sources():
        if file.name == "env.py":
            continue
        for call in ast.walk(ast.parse(file.read_text())):
            if (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Attribute)
                and isinstance(call.func.value, ast.Name)
                and call.func.value.id == "env"
                and call.args
                and isinstance(call.args[0], ast.Constant)
            ):
                read.add(str(call.args[0].value))
    assert len(read) > 40
    assert read - set(known) == set()


def test_every_settings_module_is_a_recorded_role() -> None:
    modules = {file.stem for file in (ROOT / "platform_site" / "settings").glob("*.py")}
    assert modules - {"__init__", "base", "test_embedded"} | {"bucket"} == set(recorder.ROLES)


def unknown(found: Iterable[str], known: Iterable[str]) -> set[str]:
    names = set(known) | set(page.OF_OTHERS) | OF_THE_SYSTEM
    return {name for name in found if not {name, name.removesuffix("_FILE")} & names}


def test_every_variable_of_the_manifests_is_known(
    workspace: Workspace, known: dict[str, readers.Known], renders: dict[str, list[dict[str, Any]]]
) -> None:
    edge = {item.name for item in readers.of_edge()}
    roles = set(known)
    assert set(renders) == set(USES)
    for rendered in (workspace.render("platform"), workspace.render("dev"), *renders.values()):
        settings = dict(named(rendered, "ConfigMap"))
        for pod in pods(of_kind(rendered, "Deployment", "Job", "CronJob")):
            for container in pod.containers:
                image = container["image"].split("/")[-1].split(":")[0]
                if image not in {"app", "frontend"}:
                    continue
                mine = edge if image == "frontend" else roles
                found = environment(container, pod.namespace, settings)
                assert unknown(found, mine) == set(), pod.name


def test_every_variable_of_compose_is_known(known: dict[str, readers.Known]) -> None:
    edge = {item.name for item in readers.of_edge()}
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    for name, service in services.items():
        if not service["image"].startswith("image-platform/"):
            continue
        mine = edge if name == "frontend" else set(known)
        assert unknown(service.get("environment", {}), mine) == set(), name


def test_the_edge_describes_whatever_it_takes() -> None:
    """Each ``NAME:-`` and ``NAME:?`` of the file is a row; none is described twice."""
    described = [item.name for item in readers.of_edge()]
    taken = re.findall(r"\$\{(\w+):[-?+]", readers.EDGE.read_text())
    assert len(described) == len(set(described))
    assert set(taken) - set(page.OF_OTHERS) == set(described)


def test_a_recorded_start_needs_no_value_and_tells_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLATFORM_VERSION", "a value of this process")
    found = readers.of_roles()["PLATFORM_VERSION"]
    assert found.variable.default == ""
    assert os.environ["PLATFORM_VERSION"] == "a value of this process"
