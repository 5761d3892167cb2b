"""The stores that are asked: VersityGW, or the one that ``S3_TEST_ENDPOINT`` names."""

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from botocore.config import Config
from botocore.exceptions import ClientError
from mypy_boto3_s3 import S3Client

from tests import needs
from tests.servers.processes import ROOT
from tests.servers.s3 import ACCESS_KEY, SECRET_KEY, client_of
from tests.servers.store_users import StoreWithUsers
from tests.stores.contract.checks import Asked, Check, code_of

BUILT: Final = "VersityGW"
NAME: Final = "S3_TEST_STORE"
"""The variable with the name that a store has in the table."""
USER: Final = ("S3_TEST_USER_ACCESS_KEY_ID", "S3_TEST_USER_SECRET_ACCESS_KEY")
"""The variables with the credentials of a user of least rights in ``S3_TEST_BUCKET``."""
BUCKET: Final = "S3_TEST_BUCKET"
POLICY: Final = ROOT / "deploy" / "k8s" / "data" / "minio" / "images.json"
NOT_ASKED: Final = "not asked: no user"
CLIENT: Final = Config(
    signature_version="s3v4",
    s3={"addressing_style": "path"},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
    retries={"total_max_attempts": 1},
    max_pool_connections=32,
)
"""The client of the roles, but for one try only: a check wants to see each answer."""


def at_hand() -> str:
    """The name of the store that this run asks."""
    return os.environ.get(NAME, "the named store") if needs.STORE_NAMED in os.environ else BUILT


@contextmanager
def asked() -> Iterator[Asked]:
    """The store at hand, with a bucket of its own."""
    if endpoint := os.environ.get(needs.STORE_NAMED):
        with _bucket(_named(endpoint)) as at:
            yield at
        return
    with tempfile.TemporaryDirectory(prefix="image-platform-store-") as directory:
        server = StoreWithUsers(Path(directory))
        server.start()
        try:
            bucket = f"contract-{secrets.token_hex(4)}"
            policy = POLICY.read_text().replace("arn:aws:s3:::images", f"arn:aws:s3:::{bucket}")
            user = server.user("images", policy)
            with _bucket(_at(server.endpoint, bucket, user)) as at:
                yield at
        finally:
            server.stop()


def outcome(check: Check, at: Asked) -> str:
    """What the store does otherwise, in a few words; empty when it is as the check says."""
    if check.needs_user and not at.has_user:
        return NOT_ASKED
    try:
        check.ask(at)
    except AssertionError as exc:
        return str(exc) or "it does otherwise"
    except ClientError as exc:
        return code_of(exc)
    except Exception as exc:  # noqa: BLE001 - whatever a client makes of an answer is a finding
        return type(exc).__name__
    return ""


def _named(endpoint: str) -> Asked:
    user = tuple(os.environ.get(name, "") for name in USER)
    bucket = os.environ.get(BUCKET, f"contract-{secrets.token_hex(4)}")
    return _at(endpoint, bucket, user if all(user) else None)


def _at(endpoint: str, bucket: str, user: tuple[str, ...] | None) -> Asked:
    key_id, key = user or (ACCESS_KEY, SECRET_KEY)
    return Asked(
        endpoint=endpoint,
        bucket=bucket,
        owner=client_of(endpoint, ACCESS_KEY, SECRET_KEY, CLIENT),
        client=client_of(endpoint, key_id, key, CLIENT),
        key_id=key_id,
        key=key,
        has_user=user is not None,
    )


@contextmanager
def _bucket(at: Asked) -> Iterator[Asked]:
    """The bucket is made, and is gone afterwards with all that is in it."""
    with suppress(at.owner.exceptions.BucketAlreadyOwnedByYou):
        at.owner.create_bucket(Bucket=at.bucket)
    try:
        yield at
    finally:
        with suppress(ClientError):
            _empty(at.owner, at.bucket)
            at.owner.delete_bucket(Bucket=at.bucket)


def _empty(owner: S3Client, bucket: str) -> None:
    for page in owner.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        named: Any = [{"Key": item["Key"]} for item in page.get("Contents", [])]
        for one in named:
            owner.delete_object(Bucket=bucket, Key=one["Key"])
