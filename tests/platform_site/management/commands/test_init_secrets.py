import io
import json
import shutil
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from platform_site.secrets import key_files
from platform_site.secrets.generation import KeyMaterial, cluster, write
from platform_site.secrets.rotation import rotate


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
        *("auth", "gateway", "images", "worker", "admin", "scheduler", "migrate", "backup"),
        *("postgresql", "redis-broker", "redis-cache", "minio", "minio-images"),
    }
    for path in target.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
    written = files(target)
    assert "BEGIN PRIVATE KEY" in written["auth/signing-keys.json"]
    assert not [word for word in written.values() if len(word) > 10 and word in said]
    clients = json.loads(written["auth/service-clients.json"])
    assert clients == {"gateway": written["gateway/service-client-secret"]}


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    run(tmp_path / "secrets")
    before = files(tmp_path / "secrets")
    assert "is complete: nothing was written" in run(tmp_path / "secrets")
    assert files(tmp_path / "secrets") == before


WHOLE = [path for role, names in cluster(KeyMaterial()).items() for path in
         (f"{role}/{name}" for name in names)]  # fmt: skip
UNKNOWN = {"auth/signing-keys.json"}
"""Of this its copies tell only a part, so it is not made anew beside them."""
ALONE = {
    *(path for path in WHOLE if "django-secret-key" in path),
    *("minio/root-password", "delivery-keys.json", "auth/audit-webhook-secret"),
    "backup/backup-key",
    *(path for path in WHOLE if path.endswith(("cache-url", "broker-url"))),
    *(path for path in WHOLE if path.startswith("redis-") and path.endswith("-password")),
}
"""What no other file tells: the two Redis know digests of these words."""


@pytest.mark.parametrize("lost", [path for path in WHOLE if path not in UNKNOWN])
def test_what_is_missing_is_added_and_fits_what_is_there(tmp_path: Path, lost: str) -> None:
    key_directories(tmp_path)
    before = files(tmp_path)
    (tmp_path / lost).unlink()
    said = run(tmp_path)
    after = files(tmp_path)
    assert lost.partition("/")[2] in said
    follows = {path for path in after if path.endswith("/users.acl")}
    assert {path for path in after if after[path] != before[path]} <= {lost, *follows}
    assert key_files.redis_users_follow(tmp_path) == []
    if lost not in ALONE:
        assert json_or_text(after[lost]) == json_or_text(before[lost])


def test_a_role_that_is_new_gets_its_directory(tmp_path: Path) -> None:
    key_directories(tmp_path)
    before = files(tmp_path)
    shutil.rmtree(tmp_path / "images")
    run(tmp_path)
    fresh = {f"images/{name}" for name in ("django-secret-key", "cache-url", "broker-url")}
    follows = {"redis-cache/users.acl", "redis-broker/users.acl"}
    changed = {path for path, word in files(tmp_path).items() if word != before[path]}
    assert changed == fresh | follows
    assert key_files.redis_users_follow(tmp_path) == []


def test_published_keys_follow_every_signing_key(tmp_path: Path) -> None:
    key_directories(tmp_path)
    rotate(tmp_path, "signing", "begin", now=datetime.now(UTC))
    both = (tmp_path / "images" / "jwks.json").read_text()
    assert len(json.loads(both)["keys"]) == 2
    (tmp_path / "gateway" / "jwks.json").unlink()
    run(tmp_path)
    assert (tmp_path / "gateway" / "jwks.json").read_text() == both


def test_a_lost_source_is_not_made_anew_beside_its_copies(tmp_path: Path) -> None:
    key_directories(tmp_path)
    (tmp_path / "auth" / "signing-keys.json").unlink()
    before = files(tmp_path)
    with pytest.raises(CommandError, match=r"signing-keys\.json is missing.*Nothing was written"):
        run(tmp_path)
    assert files(tmp_path) == before


def test_what_is_somebody_elses_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "README").write_text("mine")
    run(tmp_path)
    assert files(tmp_path)["README"] == "mine"


def key_directories(directory: Path) -> None:
    for role, contents in cluster(KeyMaterial()).items():
        write(directory / role, contents)


def json_or_text(content: str) -> object:
    try:
        return json.loads(content)
    except ValueError:
        return content


def test_two_platforms_share_nothing(tmp_path: Path) -> None:
    run(tmp_path / "one")
    run(tmp_path / "two")
    names = {"minio/root-user", "minio-images/s3-access-key-id", "redis-broker/keda-username"}
    names |= {"auth/oidc-client-secrets.json"}  # of nobody yet
    names |= {f"{role}/s3-access-key-id" for role in ("images", "worker", "admin", "backup")}
    names |= {f"backup/backup-{name}" for name in ("s3-access-key-id", "s3-secret-access-key")}
    names |= {path for path in files(tmp_path / "one") if path.endswith("-fallbacks")}
    names |= {path for path in files(tmp_path / "one") if "/other-" in path}  # of no rotation yet
    one, two = files(tmp_path / "one"), files(tmp_path / "two")
    assert one.keys() == two.keys()
    assert {name for name in one if one[name] == two[name]} == names
