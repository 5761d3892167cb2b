"""Requests that ask for a state of the object: caches, and writers that must not overwrite."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from botocore.exceptions import ClientError

from tests.stores.contract.checks import Asked, check, refused, status_of, taken_or_refused

OTHER = '"0123456789abcdef0123456789abcdef"'


@check("Conditions", "GET of an unchanged object (If-None-Match) is 304")
def get_unchanged(at: Asked) -> None:
    name = at.name("unchanged")
    told = at.put(name)["ETag"]
    with refused(status=304):
        at.get(name, IfNoneMatch=told)
    assert at.get(name, IfNoneMatch=OTHER) == b"a picture"


@check("Conditions", "HEAD of an unchanged object (If-None-Match) is 304")
def head_unchanged(at: Asked) -> None:
    name = at.name("unchanged")
    told = at.put(name)["ETag"]
    with refused(status=304):
        at.head(name, IfNoneMatch=told)


@check("Conditions", "GET of another object than was meant (If-Match) is 412")
def get_of_another(at: Asked) -> None:
    name = at.name("match")
    told = at.put(name)["ETag"]
    assert at.get(name, IfMatch=told) == b"a picture"
    with refused("PreconditionFailed", status=412):
        at.get(name, IfMatch=OTHER)


@check("Conditions", "GET since the time that HEAD told (If-Modified-Since) is 304")
def get_since(at: Asked) -> None:
    name = at.name("time")
    at.put(name)
    with refused(status=304):
        at.get(name, IfModifiedSince=at.head(name)["LastModified"])


@check("Conditions", "GET of an object that has changed since (If-Unmodified-Since) is 412")
def get_changed(at: Asked) -> None:
    name = at.name("time")
    at.put(name)
    stored = at.head(name)["LastModified"]
    with refused("PreconditionFailed", status=412):
        at.get(name, IfUnmodifiedSince=stored - dt.timedelta(hours=1))


@check("Conditions", "PUT of a new object only (If-None-Match: *) is taken")
def put_new(at: Asked) -> None:
    name = at.name("new")
    at.put(name, IfNoneMatch="*")
    assert at.get(name) == b"a picture"


@check("Conditions", "PUT of a new object only is 412 where there is one, which stays")
def put_new_over_old(at: Asked) -> None:
    name = at.name("old")
    at.put(name, b"old")
    with refused("PreconditionFailed", status=412):
        at.put(name, b"new", IfNoneMatch="*")
    assert at.get(name) == b"old"


@check("Conditions", "of writers at once of a new object only, one is told that it wrote")
def put_new_at_once(at: Asked) -> None:
    name = at.name("race")

    def written(number: int) -> bool:
        try:
            at.put(name, bytes([number]) * 20_000, IfNoneMatch="*")
        except ClientError as exc:
            if status_of(exc) in {409, 412}:
                return False
            raise
        return True

    with ThreadPoolExecutor(8) as threads:
        won = list(threads.map(written, range(8)))
    assert won.count(True) == 1, f"{won.count(True)} of 8 were told so"
    assert at.get(name)[0] == won.index(True)


@check("Conditions", "PUT over a known object (If-Match) is taken, over another it is 412")
def put_known(at: Asked) -> None:
    name = at.name("known")
    told = at.put(name, b"old")["ETag"]
    with refused("PreconditionFailed", status=412):
        at.put(name, b"lost", IfMatch=OTHER)
    at.put(name, b"new", IfMatch=told)
    assert at.get(name) == b"new"


@check("Conditions", "PUT over a known object is refused where there is none")
def put_known_missing(at: Asked) -> None:
    name = at.name("known")
    with refused("NoSuchKey", "PreconditionFailed", status=404):
        at.put(name, IfMatch=OTHER)
    assert at.is_missing(name)


@check("Conditions", "a multipart upload of a new object only is refused where there is one")
def finish_new_over_old(at: Asked) -> None:
    name = at.name("parts")
    at.put(name, b"old")
    where: Any = {"Bucket": at.bucket, "Key": name}
    begun = at.client.create_multipart_upload(**where)["UploadId"]
    stored = at.client.upload_part(**where, UploadId=begun, PartNumber=1, Body=b"new")
    parts: Any = {"Parts": [{"ETag": stored["ETag"], "PartNumber": 1}]}
    with refused("PreconditionFailed", "ConditionalRequestConflict"):
        at.client.complete_multipart_upload(
            **where, UploadId=begun, MultipartUpload=parts, IfNoneMatch="*"
        )
    assert at.get(name) == b"old"
    with taken_or_refused("NoSuchUpload"):
        at.client.abort_multipart_upload(**where, UploadId=begun)
