"""The users' files follow from the URLs of the roles, which hold each password once."""

import hashlib
import stat
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command

from platform_site.secrets.generation import KeyMaterial, cluster, write


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    for name, files in cluster(KeyMaterial()).items():
        write(tmp_path / name, files)
    return tmp_path


def run(directory: Path) -> str:
    said = StringIO()
    call_command("redis_users", directory=directory, stdout=said)
    return said.getvalue()


def test_what_init_secrets_wrote_is_what_the_urls_say(directory: Path) -> None:
    files = [directory / f"redis-{name}" / "users.acl" for name in ("cache", "broker")]
    before = [file.read_text() for file in files]
    run(directory)
    assert [file.read_text() for file in files] == before
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600, 0o600]
    assert not list(directory.rglob(".users.acl*"))


def test_a_new_password_is_the_one_that_the_server_takes(directory: Path) -> None:
    new = "another-password-with-%-signs"
    url = f"redis://gateway:{new.replace('%', '%25')}@redis-cache:6379/0"
    (directory / "gateway" / "cache-url").write_text(f"{url}\n")
    said = run(directory)
    users = (directory / "redis-cache" / "users.acl").read_text()
    assert f"user gateway reset on #{hashlib.sha256(new.encode()).hexdigest()} " in users
    assert new not in users + said


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("redis://:a-password-without-a-user@redis-cache:6379/0", "is no URL with the user auth"),
        ("redis://images:the-word-of-another@redis-cache:6379/0", "is no URL with the user auth"),
        (None, "cache-url is missing"),
    ],
)
def test_a_url_of_another_user_is_refused_and_nothing_is_written(
    directory: Path, url: str | None, word: str
) -> None:
    before = (directory / "redis-cache" / "users.acl").read_text()
    file = directory / "auth" / "cache-url"
    file.unlink() if url is None else file.write_text(url)
    with pytest.raises(CommandError, match=word) as refused:
        run(directory)
    assert not url or (urlsplit(url).password or "") not in str(refused.value)
    assert (directory / "redis-cache" / "users.acl").read_text() == before
