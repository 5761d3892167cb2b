import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from platform_site.secrets.generation import KeyMaterial, cluster, write


def run(directory: Path, *words: str) -> str:
    said = io.StringIO()
    call_command("rotate_keys", *words, directory=directory, stdout=said)
    return said.getvalue()


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    for role, files in cluster(KeyMaterial()).items():
        write(tmp_path / role, files)
    return tmp_path


def test_each_step_says_what_it_did_and_what_comes_next(directory: Path) -> None:
    begun = run(directory, "service")
    assert "is believed, and not used yet" in begun
    assert "make k8s-apply" in begun
    assert "rotate_keys service --switch" in begun
    assert "rotate_keys service --finish" in run(directory, "service", "--switch")
    assert "The old key is gone." in run(directory, "service", "--finish")


def test_a_leaked_key_goes_at_once(directory: Path) -> None:
    run(directory, "django")
    run(directory, "django", "--switch")
    with pytest.raises(CommandError, match=r"Too early: sessions .* Nothing was changed\."):
        run(directory, "django", "--finish")
    assert "The old key is gone." in run(directory, "django", "--finish", "--now")


def test_it_never_says_a_secret(directory: Path) -> None:
    said = "".join(run(directory, kind) for kind in ("signing", "delivery", "django", "service"))
    words = [file.read_text() for file in directory.rglob("*") if file.is_file()]
    assert not [word for word in words if len(word) > 10 and word in said]


def test_a_directory_without_keys_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="is no directory of init_secrets"):
        run(tmp_path, "signing")
