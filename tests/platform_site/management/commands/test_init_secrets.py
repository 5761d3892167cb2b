import io
import json
import stat
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command


def run(directory: Path) -> str:
    said = io.StringIO()
    call_command("init_secrets", directory=directory, stdout=said)
    return said.getvalue()


def files(directory: Path) -> dict[str, str]:
    return {
        str(path.relative_to(directory)): path.read_text()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


def test_every_role_gets_a_directory_of_its_own(tmp_path: Path) -> None:
    target = tmp_path / "secrets"
    said = run(target)
    assert {path.name for path in target.iterdir()} == {
        *("auth", "gateway", "images", "admin", "scheduler", "migrate"),
        *("postgresql", "redis-broker", "redis-cache", "minio", "minio-images"),
    }
    for path in target.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
    written = files(target)
    assert "BEGIN PRIVATE KEY" in written["auth/signing-keys.json"]
    assert not [word for word in written.values() if len(word) > 10 and word in said]
    clients = json.loads(written["auth/service-clients.json"])
    assert clients == {"gateway": written["gateway/service-client-secret"]}


def test_existing_keys_are_never_overwritten(tmp_path: Path) -> None:
    run(tmp_path / "secrets")
    before = files(tmp_path / "secrets")
    with pytest.raises(CommandError, match=r"is not empty\. Existing keys are never overwritten"):
        run(tmp_path / "secrets")
    assert files(tmp_path / "secrets") == before


def test_a_directory_with_anything_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "README").write_text("mine")
    with pytest.raises(CommandError, match="is not empty"):
        run(tmp_path)
    assert files(tmp_path) == {"README": "mine"}


def test_two_platforms_share_nothing(tmp_path: Path) -> None:
    run(tmp_path / "one")
    run(tmp_path / "two")
    names = {"minio/root-user", "minio-images/s3-access-key-id"}
    names |= {f"{role}/s3-access-key-id" for role in ("images", "admin")}
    one, two = files(tmp_path / "one"), files(tmp_path / "two")
    assert one.keys() == two.keys()
    assert {name for name in one if one[name] == two[name]} == names
