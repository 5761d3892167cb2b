"""What is due from time to time is done in every deployment, or is for a person to ask for."""

import json
import re
from collections.abc import Sequence
from importlib import import_module
from typing import Final

import pytest
import yaml
from celery import current_app
from django.conf import settings
from django.core.management import get_commands

from deploy.k8s.tools.objects import Pod, of_kind
from images import queue
from platform_site.embedded import supervisor, up
from platform_site.management.commands.housekeeping import declared
from tests.deploy.workspace import OVERLAYS, ROOT, Workspace, named
from tests.platform_site.roles import Manifests, python

COMMAND: Final = ["python", "manage.py", "housekeeping"]
ASKED_FOR_BY_A_PERSON: Final = {
    "create_demo": "makes an account to try the platform with",
    "unlock": "the owner of an account asks for it",
    "reseal_accounts": "a step in the rotation of account keys",
    "resend_audit": "a receiver lost entries, or is to have what is older than its URL",
    "verify_audit": "somebody doubts the audit; the daily export looks by itself",
    "verify_receipt": "somebody shows the receipt of an account that was deleted",
    "requeue_stuck": "the sweep, by hand, while there is no scheduler",
}
"""Commands of the apps that nothing runs from time to time, and what they are for."""
COMPOSE: Final = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]


def unwired(commands: Sequence[str], run_by_role: set[str]) -> set[str]:
    """Commands of the apps that no deployment runs and no person is known to ask for."""
    return set(commands) - run_by_role - set(ASKED_FOR_BY_A_PERSON)


def of_apps() -> list[str]:
    return [
        name for name, app in get_commands().items() if app in {"accounts", "gateway", "images"}
    ]


@pytest.fixture(scope="module")
def run_by_auth() -> set[str]:
    """What ``manage.py housekeeping`` runs where only the role auth is."""
    program = (
        "import django, json; django.setup();"
        "from platform_site.management.commands.housekeeping import declared;"
        "print(json.dumps(list(declared())))"
    )
    done = python("-c", program, environment=Manifests().environment("auth"))
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


def test_every_command_is_housekeeping_or_for_a_person(run_by_auth: set[str]) -> None:
    assert unwired(of_apps(), run_by_auth) == set()
    assert unwired([*of_apps(), "purge_everything"], run_by_auth) == {"purge_everything"}
    assert set(ASKED_FOR_BY_A_PERSON) <= set(of_apps())


def test_auth_keeps_house_for_all(run_by_auth: set[str]) -> None:
    assert run_by_auth == set(declared())


def shortest_s(schedule: str) -> int:
    """The seconds between two runs of a schedule of the form that we use, ``M * * * *``."""
    assert re.fullmatch(r"\d+ \* \* \* \*", schedule)
    return 3600


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_a_cronjob_runs_it_as_auth_as_often_as_is_asked_for(
    workspace: Workspace, overlay: str
) -> None:
    rendered = workspace.render(overlay)
    (job,) = [
        item
        for item in of_kind(rendered, "CronJob")
        if Pod(item).spec["containers"][0]["args"] == COMMAND
    ]
    spec, pod = job["spec"], Pod(job)
    assert shortest_s(spec["schedule"]) <= min(declared().values())
    assert not spec.get("suspend", False)
    assert spec["concurrencyPolicy"] == "Forbid"
    # Above 100 missed starts a CronJob without a deadline never starts again.
    assert 60 < spec["startingDeadlineSeconds"] < shortest_s(spec["schedule"])
    assert spec["jobTemplate"]["spec"]["activeDeadlineSeconds"] < shortest_s(spec["schedule"])
    assert spec["jobTemplate"]["spec"]["ttlSecondsAfterFinished"]
    variables = {item["name"]: item["value"] for item in pod.spec["containers"][0]["env"]}
    assert variables["DJANGO_SETTINGS_MODULE"] == "platform_site.settings.auth"
    (image,) = {
        item["image"]
        for workload in (named(rendered, "Deployment", "admin"), job)
        for item in Pod(workload).spec["containers"]
    }
    assert image


def files(variables: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in variables.items() if name.endswith("_FILE")}


def test_the_cronjob_has_the_secrets_of_auth(workspace: Workspace) -> None:
    rendered = workspace.render("platform")
    container = Pod(named(rendered, "CronJob", "housekeeping")).spec["containers"][0]
    (auth,) = [
        item["data"]
        for item in of_kind(rendered, "ConfigMap")
        if item["data"].get("ROLE") == "auth"
    ]
    assert files({item["name"]: item["value"] for item in container["env"]}) == files(auth)


def test_compose_keeps_house_as_auth_and_stays() -> None:
    (service,) = [one for one in COMPOSE.values() if one.get("command", [])[:3] == COMMAND]
    assert service["command"] == [*COMMAND, "--loop"]
    environment, auth = service["environment"], COMPOSE["auth"]["environment"]
    assert environment["DJANGO_SETTINGS_MODULE"] == auth["DJANGO_SETTINGS_MODULE"]
    assert files(environment) == files(auth)
    assert service["restart"] == "unless-stopped"


def test_the_embedded_platform_keeps_house_again_and_again() -> None:
    child = supervisor.housekeeping(8001, ROOT / "var" / "log")
    assert list(child.command)[1:] == COMMAND[1:]
    assert "supervisor.housekeeping(" in (ROOT / up.__file__).read_text()


def test_every_task_is_sent_for_a_job_or_by_the_scheduler() -> None:
    import_module("images.tasks")
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    tasks = {name for name in current_app.tasks if name.startswith("images.")}
    assert tasks == {*queue.TASKS.values(), *scheduled}
