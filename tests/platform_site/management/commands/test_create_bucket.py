"""The bucket and its least-rights user, against an S3 server that checks rights."""

import os
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from django.core.management import CommandError, call_command

from platform_site.management.commands import create_bucket
from tests.servers.ports import free_port
from tests.servers.processes import ROOT
from tests.servers.store_users import ALL, StoreWithUsers

pytestmark = pytest.mark.processes

POLICY = ROOT / "deploy" / "k8s" / "data" / "minio" / "images.json"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StoreWithUsers]:
    server = StoreWithUsers(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def variables(
    store: StoreWithUsers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> pytest.MonkeyPatch:
    """The Job's own environment: where, and who, with credentials in files."""
    monkeypatch.setenv("S3_ENDPOINT_URL", store.endpoint)
    monkeypatch.setenv("S3_BUCKET", "images")
    people = {
        "S3_ROOT_": store.user("root", ALL),
        "S3_": store.user("images", POLICY.read_text()),
        "S3_OTHER_": store.user("images_2", POLICY.read_text()),
    }
    for prefix, words in people.items():
        for name, word in zip(("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"), words, strict=True):
            file = tmp_path / f"{prefix}{name}"
            file.write_text(word + "\n")
            monkeypatch.setenv(f"{prefix}{name}_FILE", str(file))
    monkeypatch.delenv("S3_OTHER_SECRET_ACCESS_KEY_FILE")
    return monkeypatch


def run(**options: float) -> list[str]:
    said = StringIO()
    call_command("create_bucket", stdout=said, **options)
    return said.getvalue().splitlines()


def test_the_bucket_is_made_once_and_its_user_has_least_rights(
    variables: pytest.MonkeyPatch,
) -> None:
    assert run() == [
        "The bucket images was made.",
        "Its user can use it, and can do nothing else.",
    ]
    assert run()[0] in {"The bucket images is there.", "The bucket images was made."}
    owner = create_bucket.clients()[0]
    assert [bucket["Name"] for bucket in owner.list_buckets()["Buckets"]] == ["images"]
    assert owner.list_objects_v2(Bucket="images")["KeyCount"] == 0


def test_the_user_may_not_remove_the_bucket_or_see_others(variables: pytest.MonkeyPatch) -> None:
    run()
    (own,) = create_bucket.clients()[1]
    with pytest.raises(ClientError, match="AccessDenied"):
        own.list_buckets()
    with pytest.raises(ClientError, match="AccessDenied"):
        own.delete_bucket(Bucket="images")


def test_a_user_with_too_many_rights_is_refused_and_leaves_nothing(
    variables: pytest.MonkeyPatch,
) -> None:
    for name in ("ACCESS_KEY_ID_FILE", "SECRET_ACCESS_KEY_FILE"):
        variables.setenv(f"S3_{name}", os.environ[f"S3_ROOT_{name}"])
    with pytest.raises(CommandError, match="more rights than it needs"):
        run()
    owner = create_bucket.clients()[0]
    assert [bucket["Name"] for bucket in owner.list_buckets()["Buckets"]] == ["images"]


def test_both_users_of_a_rotation_are_proved(variables: pytest.MonkeyPatch, tmp_path: Path) -> None:
    other = tmp_path / "S3_OTHER_SECRET_ACCESS_KEY"
    variables.setenv(f"{other.name}_FILE", str(other))
    assert len(create_bucket.clients()[1]) == 2
    run()
    other.write_text("another-secret-than-the-store-has")
    with pytest.raises(CommandError, match="The store refused"):
        run()


def test_a_user_that_the_store_does_not_know_fails_in_words(
    variables: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "S3_ACCESS_KEY_ID").write_text("AKIANOBODY0000000000")
    with pytest.raises(CommandError, match="The store refused"):
        run()


def test_a_store_that_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S3_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("S3_BUCKET", "images")
    for prefix in ("S3_ROOT_", "S3_"):
        monkeypatch.setenv(f"{prefix}ACCESS_KEY_ID", "someone")
        monkeypatch.setenv(f"{prefix}SECRET_ACCESS_KEY", "a-secret-of-someone")
    with pytest.raises(CommandError, match=r"the store gives no answer \(EndpointConnectionError"):
        run(wait=0)
