"""The running platform does what its OpenAPI document says, on requests that schemathesis makes."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.laptop import Laptop, laptop
from tests.servers.person import PHOTOGRAPHS
from tests.servers.processes import ROOT

pytestmark = pytest.mark.processes

MANY = 1_000_000
SCOPES = ("register", "login", "login_account", "password", "refresh", "jwks")
SETTINGS = Path(__file__).with_name("schemathesis.toml")


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    with laptop(
        tmp_path_factory.mktemp("openapi"),
        {
            "ACCOUNT_RATE_LIMITS": json.dumps({scope: [MANY, 60] for scope in SCOPES}),
            "GATEWAY_READS_PER_MINUTE": str(MANY),
            "GATEWAY_WRITES_PER_MINUTE": str(MANY),
        },
    ) as running:
        yield running


def test_every_operation_answers_as_it_is_described(platform: Laptop) -> None:
    owner = platform.start()
    sent = owner.upload(PHOTOGRAPHS / "mountains.jpg", presets="thumb")
    assert sent.status == 202
    owner.job_ended(sent.json["job"]["id"])
    environment = {
        **{name: value for name, value in os.environ.items() if name in {"PATH", "HOME"}},
        "PYTHONPATH": str(ROOT),
        "SCHEMATHESIS_HOOKS": "tests.openapi.checks",
        "PLATFORM_EMAIL": owner.email,
        "PLATFORM_PASSWORD": platform.password,
        "PLATFORM_IMAGE": sent.json["image"]["id"],
        "PLATFORM_JOB": sent.json["job"]["id"],
    }
    run = subprocess.run(
        [
            *(Path(sys.executable).with_name("schemathesis"), "--config-file", SETTINGS),
            *("--no-color", "run", f"{platform.address}/api/v1/schema"),
        ],
        env=environment,
        cwd=platform.directory,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "No issues found" in run.stdout
