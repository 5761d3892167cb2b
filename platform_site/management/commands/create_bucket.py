"""``manage.py create_bucket``: the private bucket, and a proof of what its user may and may not do.

Plain S3 calls only, so every S3 store answers them. Making the *user* is the store's own affair.
"""

from argparse import ArgumentParser
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.management.base import BaseCommand, CommandError

from platform_site import variables
from platform_site.management.waiting import wait_until_nothing_lacks

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

FORBIDDEN: Final = frozenset({"AccessDenied", "403", "AllAccessDisabled"})
PRESENT: Final = frozenset({"BucketAlreadyOwnedByYou", "BucketAlreadyExists"})


class Command(BaseCommand):
    help = "Create the private bucket as its owner, then prove its user's rights, no more no less."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--wait", type=float, default=0.0, help="seconds to wait for the store")

    def handle(self, *_args: Any, wait: float, **_options: Any) -> None:
        bucket = variables.bucket()
        owner, users = clients()
        try:
            wait_until_nothing_lacks(partial(_silence, owner, bucket), wait, self.stdout.write)
            made = create(owner, bucket)
            for user in users:
                prove_rights(user, bucket)
        except (BotoCoreError, ClientError) as exc:
            raise CommandError(f"The store refused: {exc}") from exc
        self.stdout.write(f"The bucket {bucket} {'was made' if made else 'is there'}.")
        self.stdout.write(self.style.SUCCESS("Its user can use it, and can do nothing else."))


def clients() -> tuple["S3Client", list["S3Client"]]:
    """S3 clients of the bucket's owner, and of the user that the roles are.

    While the user's credentials are rotated there are two.
    """
    users = [_client(variables.store_key_id(), variables.store_key())]
    other_id, other_key = variables.store_other_key_id(), variables.store_other_key()
    if other_key:
        users.append(_client(other_id, other_key))
    return _client(variables.store_root_key_id(), variables.store_root_key()), users


def _client(key_id: str, key: str) -> "S3Client":
    return boto3.client(
        "s3",
        endpoint_url=variables.store_url(),
        region_name=variables.store_region(),
        aws_access_key_id=key_id,
        aws_secret_access_key=key,
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            connect_timeout=3,
            read_timeout=20,
            retries={"mode": "standard", "max_attempts": 2},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )


def create(owner: "S3Client", bucket: str) -> bool:
    """Make ``bucket``, private as every new bucket is. False when it was there before."""
    try:
        owner.create_bucket(Bucket=bucket)
    except ClientError as exc:
        if exc.response["Error"]["Code"] in PRESENT:
            return False
        raise
    return True


def prove_rights(user: "S3Client", bucket: str) -> None:
    """Write, read, list, delete in ``bucket``; be refused elsewhere. Raises `CommandError`."""
    key, body = f"proof/{uuid4()}", b"proof"
    user.put_object(Bucket=bucket, Key=key, Body=body)
    if user.get_object(Bucket=bucket, Key=key)["Body"].read() != body:
        raise CommandError(f"The bucket {bucket} gives back other bytes than it was given.")
    user.list_objects_v2(Bucket=bucket, Prefix=key)
    user.delete_object(Bucket=bucket, Key=key)
    other = f"{bucket}-{uuid4().hex[:8]}"
    try:
        user.create_bucket(Bucket=other)
    except ClientError as exc:
        if exc.response["Error"]["Code"] not in FORBIDDEN:
            raise
    else:
        user.delete_bucket(Bucket=other)
        raise CommandError("The bucket's user may make buckets: it has more rights than it needs.")


def _silence(owner: "S3Client", bucket: str) -> str:
    """Why the store is still to be waited for, without its URL; empty when it answers."""
    try:
        owner.head_bucket(Bucket=bucket)
    except ClientError:
        return ""  # a refusal is an answer, and the calls to come say it in words
    except BotoCoreError as exc:
        return f"the store gives no answer ({type(exc).__name__})"
    return ""
