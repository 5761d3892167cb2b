"""The command: what a person types, and what is printed."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from platform_site.rollout.split import SplitDirectory
from platform_site.rollout.steps import Progress, opened
from tests.servers.ports import free_port

pytestmark = pytest.mark.enable_socket


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("rollout", "green", *arguments, stdout=out)
    return out.getvalue()


def files(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_before_the_first_there_is_nothing_to_say(tmp_path: Path) -> None:
    assert run("--status", f"--split={tmp_path}") == "There was no roll-out.\n"


def test_a_colour_that_does_not_answer_goes_back_before_any_traffic(tmp_path: Path) -> None:
    address = f"http://127.0.0.1:{free_port()}"

    with pytest.raises(CommandError, match=r"green was taken back\. before any traffic: not ready"):
        run(f"--split={tmp_path}", f"--frontend={address}", "--ready-within=0")

    assert files(tmp_path) == ["rollout.json"]
    said = run("--status", f"--split={tmp_path}").splitlines()
    assert said[0] == "green beside blue: reverted, 0 % of people"
    assert said[1].startswith(f"why: before any traffic: not ready within 0 s: {address}/readyz")


def test_a_person_sends_everybody_back(tmp_path: Path) -> None:
    split = SplitDirectory(tmp_path)
    split.remember(opened(Progress("green", "blue"), at=1.0).as_json())
    split.share_set("green", 1)

    assert "Everybody is sent to blue." in run("--revert", f"--split={tmp_path}")

    assert files(tmp_path) == ["rollout.json"]
    assert "an operator asked for it" in run("--status", f"--split={tmp_path}")


def test_a_dry_run_looks_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="green would not be sent anybody: not ready"):
        run("--dry-run", f"--split={tmp_path}", "--frontend=http://127.0.0.1:9", "--ready-within=0")
    assert files(tmp_path) == []


def test_without_a_directory_it_says_what_it_needs() -> None:
    with pytest.raises(CommandError, match="--split"):
        run("--status")


def test_outside_of_a_pod_the_cluster_is_no_verdict() -> None:
    with pytest.raises(CommandError, match="no token of a ServiceAccount here") as caught:
        run("--status", "--cluster")
    assert caught.value.returncode == 2, "1 would be a release that was taken back"
