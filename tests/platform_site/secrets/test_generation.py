import base64
import hashlib
import json
import stat
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jwt
import pytest

from platform_site.secrets import generation
from platform_site.secrets.generation import (
    KeyMaterial,
    cluster,
    embedded_ensure,
    signing_key,
    write,
)

EMBEDDED_FILES = {
    "django-secret-key",
    "signing-keys.json",
    "service-clients.json",
    "jwks.json",
    "service-client-secret",
    "delivery-keys.json",
    "account-keys.json",
    "backup-key",
}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def contents(directory: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in directory.iterdir()}


@pytest.fixture(scope="module")
def material() -> KeyMaterial:
    return KeyMaterial()


@pytest.fixture(scope="module")
def secrets(material: KeyMaterial) -> Mapping[str, Mapping[str, str]]:
    return cluster(material)


def test_the_name_of_a_key_is_its_thumbprint() -> None:
    key = signing_key()
    members = {name: key.public[name] for name in ("crv", "kty", "x", "y")}
    canonical = json.dumps(members, separators=(",", ":"), sort_keys=True)
    digest = hashlib.sha256(canonical.encode()).digest()
    assert key.kid == key.public["kid"] == base64.urlsafe_b64encode(digest).decode().rstrip("=")


def test_the_thumbprint_is_that_of_the_specification() -> None:
    """RFC 7638 has an RSA example only; this is the key of RFC 7517, appendix A.1."""
    public = {
        "kty": "EC",
        "crv": "P-256",
        "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
        "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
    }
    assert generation._thumbprint(public) == "cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s"


def test_the_two_halves_belong_together_and_may_sign_from_now_on() -> None:
    key = signing_key()
    raw = jwt.encode({"a": 1}, key.private_pem, "ES256")
    assert jwt.decode(raw, jwt.PyJWK(dict(key.public)), algorithms=["ES256"]) == {"a": 1}
    assert key.entry.keys() == {"kid", "sign_from", "private_pem"}
    sign_from = datetime.fromisoformat(key.entry["sign_from"])
    assert sign_from.tzinfo == UTC
    assert sign_from <= datetime.now(UTC)


def test_published_keys_have_no_private_part(material: KeyMaterial) -> None:
    (key,) = json.loads(material.verifier()["jwks.json"])["keys"]
    assert key.keys() == {"kty", "crv", "x", "y", "kid", "use", "alg"}
    assert (key["kty"], key["crv"], key["use"], key["alg"]) == ("EC", "P-256", "sig", "ES256")


def test_only_auth_holds_the_signing_key(secrets: Mapping[str, Mapping[str, str]]) -> None:
    holders = {
        role
        for role, files in secrets.items()
        if any("PRIVATE KEY" in content for content in files.values())
    }
    assert holders == {"auth"}


@pytest.mark.parametrize(
    ("file", "holders"),
    [
        ("jwks.json", {"auth", "gateway", "images", "worker", "admin"}),
        ("service-clients.json", {"auth"}),
        ("service-client-secret", {"gateway"}),
        ("delivery-keys.json", {"images", "worker", "admin"}),
        ("account-keys.json", {"auth", "admin"}),
        ("oidc-client-secrets.json", {"auth"}),
        ("audit-webhook-secret", {"auth"}),
        ("broker-url", {"images", "worker", "admin", "scheduler"}),
        ("cache-url", {"auth", "gateway", "images", "worker", "admin"}),
        ("s3-secret-access-key", {"images", "worker", "admin", "backup", "minio-images"}),
        ("backup-key", {"backup"}),
        ("database-url", {"auth", "images", "worker", "admin", "migrate", "backup"}),
        (
            "django-secret-key",
            {"auth", "gateway", "images", "worker", "admin", "scheduler", "migrate", "backup"},
        ),
        (
            "django-secret-key-fallbacks",
            {"auth", "gateway", "images", "worker", "admin", "scheduler", "migrate", "backup"},
        ),
    ],
)
def test_a_role_gets_what_it_needs_and_no_more(
    secrets: Mapping[str, Mapping[str, str]], file: str, holders: set[str]
) -> None:
    assert {role for role, files in secrets.items() if file in files} == holders


def test_what_two_sides_share_is_equal(
    material: KeyMaterial, secrets: Mapping[str, Mapping[str, str]]
) -> None:
    shown = secrets["gateway"]["service-client-secret"]
    assert json.loads(secrets["auth"]["service-clients.json"]) == {"gateway": shown}
    (signing,) = json.loads(secrets["auth"]["signing-keys.json"])["keys"]
    (public,) = json.loads(secrets["images"]["jwks.json"])["keys"]
    assert signing["kid"] == public["kid"] == material.signing.kid
    assert (
        secrets["images"]["s3-secret-access-key"] == secrets["minio-images"]["s3-secret-access-key"]
    )
    for server in ("broker", "cache"):
        for role in (role for role in secrets if f"{server}-url" in secrets[role]):
            url = urlsplit(secrets[role][f"{server}-url"])
            digest = hashlib.sha256((url.password or "").encode()).hexdigest()
            assert url.username == role
            assert f"user {role} reset on #{digest} " in secrets[f"redis-{server}"]["users.acl"]
    users = (("auth", "auth"), ("images", "images"), ("worker", "images"), ("migrate", "owner"))
    for role, user in users:
        password = secrets["postgresql"][f"{user}-password"]
        assert f"postgresql://{user}:{password}@" in secrets[role]["database-url"]


def test_what_is_not_shared_differs(secrets: Mapping[str, Mapping[str, str]]) -> None:
    alone = [
        files["django-secret-key"] for files in secrets.values() if "django-secret-key" in files
    ]
    passwords = [*secrets["postgresql"].values(), secrets["minio"]["root-password"]]
    for server in ("redis-broker", "redis-cache"):
        passwords += [word for name, word in secrets[server].items() if name.endswith("-password")]
    for files in secrets.values():
        urls = [files[name] for name in ("broker-url", "cache-url") if name in files]
        passwords += [urlsplit(url).password or "" for url in urls]
    assert len({*alone, *passwords}) == len(alone) + len(passwords)
    assert min(len(word) for word in (*alone, *passwords)) >= 32


def test_key_material_does_not_show_itself(material: KeyMaterial) -> None:
    shown = f"{material!r} {material.signing!r}"
    assert "PRIVATE KEY" not in shown
    assert material.gateway_secret not in shown


def test_files_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    target = tmp_path / "a" / "b"
    write(target, {"one": "1", "two": "2"})
    assert mode(target) == 0o700
    assert [mode(file) for file in target.iterdir()] == [0o600, 0o600]
    assert contents(target) == {"one": "1", "two": "2"}


def test_an_open_directory_is_closed(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    write(tmp_path, {"one": "1"})
    assert mode(tmp_path) == 0o700


def test_no_file_is_overwritten(tmp_path: Path) -> None:
    write(tmp_path, {"one": "1"})
    with pytest.raises(FileExistsError):
        write(tmp_path, {"one": "2"})
    assert contents(tmp_path) == {"one": "1"}


def test_the_embedded_material_is_made_once(tmp_path: Path) -> None:
    target = tmp_path / "var" / "secrets"
    embedded_ensure(target)
    first = contents(target)
    embedded_ensure(target)
    assert contents(target) == first
    assert first.keys() == EMBEDDED_FILES
    assert {mode(target), *(mode(file) for file in target.iterdir())} == {0o700, 0o600}
    assert [path.name for path in target.parent.iterdir()] == ["secrets"]


def test_a_start_that_is_cut_short_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class CutShort(dict[str, str]):
        def items(self) -> Any:
            yield "delivery-keys.json", "the first of several"
            raise KeyboardInterrupt

    with monkeypatch.context() as first:
        first.setattr(generation, "embedded", lambda _material: CutShort())
        with pytest.raises(KeyboardInterrupt):
            embedded_ensure(tmp_path / "secrets")
    assert list(tmp_path.iterdir()) == []
    embedded_ensure(tmp_path / "secrets")
    assert contents(tmp_path / "secrets").keys() == EMBEDDED_FILES


def test_of_first_starts_at_once_one_wins_and_all_go_on(tmp_path: Path) -> None:
    barrier = threading.Barrier(8)

    def start(_number: int) -> dict[str, str]:
        barrier.wait()
        embedded_ensure(tmp_path / "secrets")
        return contents(tmp_path / "secrets")

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(start, range(8)))
    assert all(item == found[0] for item in found)
    assert found[0].keys() == EMBEDDED_FILES
    assert [path.name for path in tmp_path.iterdir()] == ["secrets"]


def test_material_that_stands_there_is_never_replaced(tmp_path: Path) -> None:
    target = tmp_path / "secrets"
    write(target, {"signing-keys.json": "mine"})
    embedded_ensure(target)
    found = contents(target)
    assert found.pop("account-keys.json"), "a former release did not know it"
    assert found.pop("backup-key"), "likewise"
    assert found == {"signing-keys.json": "mine"}
    before = contents(target)
    embedded_ensure(target)
    assert contents(target) == before
