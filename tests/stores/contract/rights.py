"""What the platform's user may do in its bucket, and may not: its policy is `images.json`."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import urllib3

from platform_site.management.commands.create_bucket import prove_rights
from tests.stores.contract.checks import Asked, check, refused

NOT_ALLOWED = ("AccessDenied", "403", "AllAccessDisabled")
GROUP = "Rights"
OPEN = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", '
    '"Action": "s3:GetObject", "Resource": "arn:aws:s3:::%s/*"}]}'
)


@contextmanager
def _of_another(at: Asked) -> Iterator[str]:
    """A bucket of somebody else, with one object."""
    other = f"other-{secrets.token_hex(6)}"
    at.owner.create_bucket(Bucket=other)
    try:
        at.owner.put_object(Bucket=other, Key="secret", Body=b"secret")
        yield other
    finally:
        at.owner.delete_object(Bucket=other, Key="secret")
        at.owner.delete_bucket(Bucket=other)


@check(GROUP, "`manage.py create_bucket` proves the user's rights", needs_user=True)
def proved(at: Asked) -> None:
    prove_rights(at.client, at.bucket)


@check(GROUP, "the user may ask for the bucket and its place", needs_user=True)
def may_look(at: Asked) -> None:
    at.client.head_bucket(Bucket=at.bucket)
    at.client.get_bucket_location(Bucket=at.bucket)


@check(GROUP, "the user may store in parts, list them and give them up", needs_user=True)
def may_use_parts(at: Asked) -> None:
    name = at.name("parts")
    begun = at.client.create_multipart_upload(Bucket=at.bucket, Key=name)["UploadId"]
    at.client.upload_part(Bucket=at.bucket, Key=name, UploadId=begun, PartNumber=1, Body=b"x")
    at.client.list_parts(Bucket=at.bucket, Key=name, UploadId=begun)
    at.client.list_multipart_uploads(Bucket=at.bucket)
    at.client.abort_multipart_upload(Bucket=at.bucket, Key=name, UploadId=begun)


@check(GROUP, "the user may give out a form (presigned POST)", needs_user=True)
def may_give_out_forms(at: Asked) -> None:
    name = at.name("form")
    form = at.client.generate_presigned_post(at.bucket, name)
    fields = {**form["fields"], "file": ("file", b"x", "image/png")}
    answer = urllib3.request("POST", form["url"], fields=fields, retries=False, timeout=20.0)
    assert answer.status in {200, 201, 204}, f"answered {answer.status}"


@check(GROUP, "the user may not list buckets", needs_user=True)
def may_not_list_buckets(at: Asked) -> None:
    with refused(*NOT_ALLOWED):
        at.client.list_buckets()


@check(GROUP, "the user may not make a bucket", needs_user=True)
def may_not_make_buckets(at: Asked) -> None:
    name = f"own-{secrets.token_hex(6)}"
    try:
        with refused(*NOT_ALLOWED):
            at.client.create_bucket(Bucket=name)
    except AssertionError:
        at.owner.delete_bucket(Bucket=name)
        raise


@check(GROUP, "the user may not delete the bucket", needs_user=True)
def may_not_delete_the_bucket(at: Asked) -> None:
    at.put(at.name("kept"))  # an empty one would be gone
    with refused(*NOT_ALLOWED):
        at.client.delete_bucket(Bucket=at.bucket)


@check(GROUP, "the user may not read, list or write another bucket", needs_user=True)
def may_not_read_another(at: Asked) -> None:
    with _of_another(at) as other:
        with refused(*NOT_ALLOWED):
            at.client.get_object(Bucket=other, Key="secret")
        with refused(*NOT_ALLOWED):
            at.client.list_objects_v2(Bucket=other)
        with refused(*NOT_ALLOWED):
            at.client.put_object(Bucket=other, Key="secret", Body=b"changed")


@check(GROUP, "the user may not copy out of another bucket", needs_user=True)
def may_not_copy_from_another(at: Asked) -> None:
    name = at.name("stolen")
    with _of_another(at) as other, refused(*NOT_ALLOWED):
        at.client.copy_object(
            Bucket=at.bucket, Key=name, CopySource={"Bucket": other, "Key": "secret"}
        )


@check(GROUP, "the user may not open the bucket to everybody", needs_user=True)
def may_not_open_the_bucket(at: Asked) -> None:
    with refused(*NOT_ALLOWED):
        at.client.put_bucket_policy(Bucket=at.bucket, Policy=OPEN % at.bucket)


@check(GROUP, "the user may not change who may ask from pages (CORS)", needs_user=True)
def may_not_change_cors(at: Asked) -> None:
    with refused(*NOT_ALLOWED):
        at.client.put_bucket_cors(
            Bucket=at.bucket,
            CORSConfiguration={"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]},
        )
