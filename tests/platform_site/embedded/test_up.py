"""The first start makes keys and directories; importing the settings makes nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

from platform_site.embedded import up
from tests.platform_site.roles import python

EMBEDDED = "platform_site.settings.embedded"


def environment(var: Path, settings: str = EMBEDDED) -> dict[str, str]:
    return {"DJANGO_SETTINGS_MODULE": settings, "VAR_DIR": str(var), "LOG_LEVEL": "ERROR"}


@pytest.fixture
def absent(tmp_path: Path) -> Path:
    """A directory that is not there, below one that nobody may write to."""
    tmp_path.chmod(0o500)
    return tmp_path / "var"


@pytest.mark.parametrize(
    "command",
    [
        ("-c", "import django; django.setup()"),
        ("manage.py", "makemigrations", "--check", "--dry-run"),
        ("manage.py", "spectacular", "--fail-on-warn", "--format", "openapi-json"),
        ("manage.py", "check"),
    ],
    ids=["import", "makemigrations", "spectacular", "check"],
)
def test_looking_at_the_code_writes_nothing(absent: Path, command: tuple[str, ...]) -> None:
    done = python(*command, environment=environment(absent))
    assert (done.returncode, done.stderr) == (0, "")
    assert not absent.exists()
    assert list(absent.parent.iterdir()) == []


def test_the_settings_of_tests_write_nothing_either(absent: Path) -> None:
    given = environment(absent, "platform_site.settings.test_embedded")
    words = "import django; django.setup(); from django.conf import settings as s; print(s.VAR_DIR)"
    done = python("-c", words, environment=given)
    assert (done.returncode, done.stderr) == (0, "")
    assert not Path(done.stdout.strip()).exists()


def test_the_keys_of_a_look_are_in_no_environment_that_a_child_inherits(absent: Path) -> None:
    words = (
        "import os; before = set(os.environ); import django; django.setup();"
        "print(sorted(set(os.environ) - before))"
    )
    done = python("-c", words, environment=environment(absent))
    assert done.stdout == "['TZ']\n", "which Django sets"


@pytest.mark.parametrize(
    "command",
    [
        ("manage.py", "migrate"),
        ("manage.py", "doctor"),
        ("-c", "import platform_site.wsgi"),
        ("-m", "celery", "-A", "platform_site.celery", "worker"),
        ("-m", "gunicorn", "-c", "python:platform_site.gunicorn"),
        ("-m", "platform_site.web.granian_server"),
    ],
    ids=["migrate", "doctor", "wsgi", "celery", "gunicorn", "granian"],
)
def test_whoever_would_use_the_keys_is_told_to_make_them(
    absent: Path, command: tuple[str, ...]
) -> None:
    done = python(*command, environment={**environment(absent), "PORT": "0"})
    assert done.returncode != 0
    words = f"Keys are missing in {absent}/secrets. Run `make up`, which makes them."
    assert words in done.stderr + done.stdout
    assert not absent.exists()


def test_preparing_makes_the_keys_once(tmp_path: Path) -> None:
    var = tmp_path / "var"
    assert up.prepare(var) is True
    made = {path: path.read_bytes() for path in var.rglob("*") if path.is_file()}
    assert {path.parent for path in made} == {var / up.SECRETS}
    assert all((var / name).is_dir() for name in up.DIRECTORIES)
    assert {path.stat().st_mode & 0o077 for path in (var, *var.rglob("*"))} == {0}
    assert up.prepare(var) is False
    assert {path: path.read_bytes() for path in var.rglob("*") if path.is_file()} == made


def test_a_key_that_is_missing_among_others_is_named(tmp_path: Path) -> None:
    up.prepare(tmp_path)
    (tmp_path / up.SECRETS / "jwks.json").unlink()
    done = python("-c", "import django; django.setup()", environment=environment(tmp_path))
    assert "JWKS_FILE cannot be read: No such file or directory" in done.stderr


def test_what_was_begun_with_throw_away_keys_begins_anew(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from platform_site.embedded import up\n"
        "seen = Path(sys.argv[1])\n"
        "if seen.exists(): print(sys.argv[1:], sys.dont_write_bytecode); sys.exit()\n"
        "seen.touch(); up.begin_anew()"
    )
    arguments = [sys.executable, "-B", "-c", program, str(tmp_path / "seen"), "--port"]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)
    assert done.stdout == f"['{tmp_path}/seen', '--port'] True\n"


def test_the_welcome_has_the_password_and_the_port() -> None:
    words = up.welcome("http://127.0.0.1:1234", "a pass word")
    assert "Sign in    demo@example.com   a pass word" in words
    assert words.count("http://localhost:1234/") == 3  # for a browser, which wants a name
    assert words.count("http://127.0.0.1:1234/") == 2
