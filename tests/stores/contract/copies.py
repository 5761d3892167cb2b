"""Copies that the store makes itself, as a backup to another bucket of it does."""

from typing import Any

from tests.stores.contract.checks import Asked, check, refused


def _copied(at: Asked, source: str, **options: Any) -> str:
    name = at.name("copy")
    at.client.copy_object(
        Bucket=at.bucket, Key=name, CopySource={"Bucket": at.bucket, "Key": source}, **options
    )
    return name


@check("Copies", "a copy has the bytes, the type and the ETag")
def copied(at: Asked) -> None:
    source = at.name("source")
    told = at.put(source, ContentType="image/webp")["ETag"]
    copy = at.head(_copied(at, source))
    assert (copy["ContentType"], copy["ETag"]) == ("image/webp", told)


@check("Copies", "a copy may have metadata of its own")
def with_metadata(at: Asked) -> None:
    source = at.name("source")
    at.put(source, Metadata={"of": "source"})
    name = _copied(at, source, MetadataDirective="REPLACE", Metadata={"of": "copy"})
    assert (at.head(name)["Metadata"], at.get(name)) == ({"of": "copy"}, b"a picture")


@check("Copies", "a copy of a key with signs and letters of any kind")
def of_any_key(at: Asked) -> None:
    source = at.name("source") + "/a+b é 中.webp"
    at.put(source)
    assert at.get(_copied(at, source)) == b"a picture"


@check("Copies", "a copy of what is not there is NoSuchKey")
def of_nothing(at: Asked) -> None:
    with refused("NoSuchKey", status=404):
        _copied(at, at.name("missing"))


@check("Copies", "a copy is refused when the source has changed (x-amz-copy-source-if-match)")
def of_another(at: Asked) -> None:
    source = at.name("source")
    at.put(source)
    with refused("PreconditionFailed", status=412):
        _copied(at, source, CopySourceIfMatch='"0123456789abcdef0123456789abcdef"')


@check("Copies", "its owner copies into another bucket")
def between_buckets(at: Asked) -> None:
    source, other = at.name("source"), f"{at.bucket}-copies"
    at.put(source)
    at.owner.create_bucket(Bucket=other)
    try:
        at.owner.copy_object(
            Bucket=other, Key=source, CopySource={"Bucket": at.bucket, "Key": source}
        )
        got = at.owner.get_object(Bucket=other, Key=source)["Body"].read()
        at.owner.delete_object(Bucket=other, Key=source)
    finally:
        at.owner.delete_bucket(Bucket=other)
    assert got == b"a picture"
