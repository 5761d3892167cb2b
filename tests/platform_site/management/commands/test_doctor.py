"""``doctor`` in the real settings of a role: words for each dependency, and an exit code."""

import json
import secrets
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from platform_site.embedded.up import prepare
from tests.platform_site.kit.http_server import Answer, Server, serving
from tests.platform_site.roles import NOBODY, Manifests, python
from tests.servers.redis import RedisServer, any_redis
from tests.servers.s3 import ACCESS_KEY, SECRET_KEY, ObjectStore

pytestmark = pytest.mark.processes

TOKEN = {"access_token": "svc", "token_type": "Bearer", "expires_in": 300}
ANSWERS = {
    "/.well-known/jwks.json": b'{"keys": []}',
    "/internal/v1/token": json.dumps(TOKEN).encode(),
}


@pytest.fixture(scope="module")
def manifests() -> Manifests:
    return Manifests()


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    server = any_redis()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    store = ObjectStore(tmp_path_factory.mktemp("s3"), bucket=f"doctor-{secrets.token_hex(4)}")
    store.start()
    yield store
    store.stop()


@pytest.fixture
def empty_database(postgresql_url: str) -> Iterator[str]:
    name = f"doctor_{secrets.token_hex(4)}"
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield urlsplit(postgresql_url)._replace(path=f"/{name}").geturl()
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def peer() -> Iterator[Server]:
    with serving() as server:
        yield server


def doctor(environment: dict[str, str]) -> tuple[int, str]:
    done = python("manage.py", "doctor", environment=environment)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout + done.stderr


def test_every_dependency_that_is_missing_is_told_in_words(manifests: Manifests) -> None:
    environment = {**manifests.environment("images"), "DATABASE_POOL_MAX": "0"}
    code, words = doctor(environment)
    assert code == 1
    for line in (
        "Role images, version ",
        "✗ database: The database gives no answer. connection failed: ",
        "✗ migrations: The database gives no answer. connection failed: ",
        "✗ cache: CACHE_URL gives no answer: ",
        "✗ broker: BROKER_URL gives no answer: ",
        "✗ object store: The bucket images cannot be used: ",
        "✓ published keys",
    ):
        assert line in words
    failed = "database, migrations, cache, broker, object store"
    assert f"CommandError: 5 of the dependencies fail: {failed}." in words
    for secret in ("a-word-of-the", manifests.material.store_password):
        assert secret not in words


def test_a_gateway_asks_its_peers_and_no_database(
    manifests: Manifests, redis: RedisServer, peer: Server
) -> None:
    environment = manifests.environment("gateway")
    environment |= {"CACHE_URL": redis.url, "AUTH_URL": peer.url, "IMAGES_URL": peer.url}
    environment["JWKS_URL"] = f"{peer.url}/.well-known/jwks.json"
    kind = {"Content-Type": "application/json"}
    peer.respond = lambda asked: Answer(headers=kind, body=ANSWERS.get(asked.path, b"{}"))
    code, words = doctor(environment)
    assert code == 0, words
    assert [line.strip() for line in words.splitlines()[1:]] == [
        "✓ cache",
        "✓ role auth",
        "✓ role images",
        "✓ published keys",
        "✓ service credential",
        "Everything that this role needs answers.",
    ]
    assert [asked.path for asked in peer.asked] == ["/readyz", "/readyz", *ANSWERS]


def test_a_credential_that_auth_does_not_know_and_keys_that_are_none_are_told(
    manifests: Manifests, redis: RedisServer, peer: Server
) -> None:
    refused = {"title": "The client is not known", "code": "invalid_client", "status": 401}
    problem = {"Content-Type": "application/problem+json"}
    peer.respond = lambda asked: (
        Answer(401, json.dumps(refused).encode(), problem)
        if asked.path == "/internal/v1/token"
        else Answer(body=b"<html>")
    )
    environment = manifests.environment("gateway")
    environment |= {"CACHE_URL": redis.url, "AUTH_URL": peer.url, "IMAGES_URL": peer.url}
    environment["JWKS_URL"] = f"{peer.url}/.well-known/jwks.json"
    code, words = doctor(environment)
    assert code == 1
    assert f"✗ published keys: {environment['JWKS_URL']} is no set of keys: " in words
    assert "✗ service credential: auth gives no token to SERVICE_CLIENT_ID gateway: " in words
    assert "The client is not known" in words
    assert manifests.material.gateway_secret not in words


def test_auth_signs_what_the_others_believe(manifests: Manifests) -> None:
    environment = manifests.environment("auth")
    assert "✓ signing keys" in doctor(environment)[1]
    stranger = Manifests().environment("auth")["JWKS"]
    _, words = doctor({**environment, "JWKS": stranger})
    assert "✗ signing keys: What SIGNING_KEYS signs is not believed with the keys in JWKS." in words
    _, words = doctor({**environment, "JWKS": '{"keys": [{"kid": "r", "kty": "RSA"}]}'})
    assert "✗ published keys: There is no key for ES256 in JWKS." in words


def test_a_peer_that_is_not_ready_is_told_from_one_that_is_not_there(
    manifests: Manifests, redis: RedisServer, peer: Server
) -> None:
    peer.respond = lambda _asked: Answer(503)
    environment = manifests.environment("gateway")
    code, words = doctor({**environment, "CACHE_URL": redis.url, "AUTH_URL": peer.url})
    assert code == 1
    assert f"✗ role auth: auth at {peer.url}/readyz answers 503: it is not ready" in words
    assert f"✗ role images: http://{NOBODY}/readyz gives no answer (" in words
    assert "✓ cache" in words


def test_images_with_everything_but_its_tables(
    manifests: Manifests, redis: RedisServer, store: ObjectStore, empty_database: str
) -> None:
    environment = manifests.environment("images")
    environment |= {
        "DATABASE_URL": empty_database,
        "CACHE_URL": redis.url,
        "BROKER_URL": redis.url,
        "S3_BUCKET": store.bucket,
        "S3_ENDPOINT_URL": store.endpoint,
        "S3_ACCESS_KEY_ID": ACCESS_KEY,
        "S3_SECRET_ACCESS_KEY": SECRET_KEY,
    }
    code, words = doctor(environment)
    assert code == 1
    assert "✗ migrations: Migrations are missing; run `manage.py migrate`." in words
    for name in ("database", "cache", "broker", "object store"):
        assert f"✓ {name}" in words
    code, words = doctor({**environment, "S3_BUCKET": "no-such-bucket"})
    assert code == 1
    assert "✗ object store: The bucket no-such-bucket cannot be used: " in words


def test_rights_that_the_server_does_not_give_are_told_in_words(manifests: Manifests) -> None:
    server = RedisServer()
    server.users_give("broker", manifests.material.broker)
    server.start()
    try:
        environment = {**manifests.environment("images"), "DATABASE_POOL_MAX": "0"}
        environment |= {"BROKER_URL": server.url_of("probe"), "CACHE_URL": server.url_of("probe")}
        _code, words = doctor(environment)
        for variable in ("CACHE_URL", "BROKER_URL"):
            assert f"{variable}: the server knows the user and refuses what the role does" in words
        assert manifests.material.broker["probe"] not in words
        environment["BROKER_URL"] = server.url_of("images")
        assert "✓ broker" in doctor(environment)[1]
        environment["BROKER_URL"] = server.url_of("images").replace("images:", "images:not-")
        assert "✗ broker: BROKER_URL gives no answer: " in doctor(environment)[1]
    finally:
        server.stop()


def test_the_embedded_role_needs_nothing_but_its_directory(tmp_path: Path) -> None:
    environment = {
        "DJANGO_SETTINGS_MODULE": "platform_site.settings.embedded",
        "VAR_DIR": str(tmp_path / "var"),
    }
    assert "Run `make up`" in doctor(environment)[1]
    prepare(tmp_path / "var")
    assert python("manage.py", "migrate", "-v", "0", environment=environment).returncode == 0
    code, words = doctor(environment)
    assert code == 0, words
    assert not [line for line in words.splitlines() if line.startswith("{")], "logs among words"
    for name in (
        "database",
        "migrations",
        "cache",
        "broker",
        "object store",
        "signing keys",
        "service credential",
    ):
        assert f"✓ {name}" in words
    assert "role " not in words.partition("\n")[2].replace("this role", "")


def test_a_directory_that_is_gone_is_told(tmp_path: Path) -> None:
    environment = {
        "DJANGO_SETTINGS_MODULE": "platform_site.settings.embedded",
        "VAR_DIR": str(tmp_path / "var"),
        "LOG_LEVEL": "ERROR",
    }
    prepare(tmp_path / "var")
    remove = (
        "import django, shutil; django.setup(); from django.conf import settings;"
        "shutil.rmtree(settings.VAR_DIR / 'objects');"
        "from django.core.management import call_command; call_command('doctor')"
    )
    done = python("-c", remove, environment=environment)
    assert done.returncode == 1
    assert (
        f"✗ object store: The directory {tmp_path}/var/objects cannot be written to." in done.stdout
    )
