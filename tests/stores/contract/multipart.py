"""Objects that are stored part by part."""

from collections.abc import Sequence
from typing import Any, Final

from tests.stores.contract.checks import Asked, check, refused, taken_or_refused

LEAST: Final = 5 * 2**20
"""Bytes of every part but the last."""
GONE: Final = "NoSuchUpload"


class Upload:
    """One that has begun."""

    def __init__(self, at: Asked, **options: Any) -> None:
        self.at = at
        self.name = at.name("parts")
        self.where = {"Bucket": at.bucket, "Key": self.name}
        self.id = at.client.create_multipart_upload(**self.where, **options)["UploadId"]  # type: ignore[arg-type]

    def part(self, number: int, body: bytes) -> str:
        """Store a part; its ETag."""
        told: str = self.at.client.upload_part(
            **self.where,  # type: ignore[arg-type]
            UploadId=self.id,
            PartNumber=number,
            Body=body,
        )["ETag"]
        return told

    def finish(self, *parts: tuple[int, str]) -> dict[str, Any]:
        """Make an object of these."""
        named: Any = [{"PartNumber": number, "ETag": etag} for number, etag in parts]
        return dict(
            self.at.client.complete_multipart_upload(
                **self.where,  # type: ignore[arg-type]
                UploadId=self.id,
                MultipartUpload={"Parts": named},
            )
        )

    def abort(self) -> None:
        """Give it up."""
        self.at.client.abort_multipart_upload(**self.where, UploadId=self.id)  # type: ignore[arg-type]

    def parts(self) -> Sequence[Any]:
        """Those that the store has."""
        told = self.at.client.list_parts(**self.where, UploadId=self.id)  # type: ignore[arg-type]
        return told.get("Parts", [])


@check("Multipart", "parts become one object, with the ETag of parts and its content type")
def finished(at: Asked) -> None:
    upload = Upload(at, ContentType="application/zip")
    first, second = upload.part(1, b"a" * LEAST), upload.part(2, b"end")
    upload.finish((1, first), (2, second))
    told = at.head(upload.name)
    assert told["ContentLength"] == LEAST + 3
    assert told["ETag"].strip('"').endswith("-2")
    assert told["ContentType"] == "application/zip"
    assert at.get(upload.name, Range=f"bytes={LEAST - 1}-") == b"aend"


@check("Multipart", "nobody sees an object before it is finished")
def unseen(at: Asked) -> None:
    upload = Upload(at)
    upload.part(1, b"all")
    assert at.is_missing(upload.name)
    assert at.names(upload.name) == []
    upload.abort()


@check("Multipart", "an old object is read until a new one is finished")
def old_until_then(at: Asked) -> None:
    upload = Upload(at)
    at.put(upload.name, b"old")
    part = upload.part(1, b"new")
    assert at.get(upload.name) == b"old"
    upload.finish((1, part))
    assert at.get(upload.name) == b"new"


@check("Multipart", "a part that is stored again is replaced")
def part_again(at: Asked) -> None:
    upload = Upload(at)
    upload.part(1, b"of a run that died")
    upload.finish((1, upload.part(1, b"all")))
    assert at.get(upload.name) == b"all"


@check("Multipart", "a part that was replaced is InvalidPart")
def part_replaced(at: Asked) -> None:
    upload = Upload(at)
    first = upload.part(1, b"first")
    upload.part(1, b"others")
    with refused("InvalidPart"):
        upload.finish((1, first))
    upload.abort()


@check("Multipart", "a part that was never stored is InvalidPart")
def part_missing(at: Asked) -> None:
    upload = Upload(at)
    first = upload.part(1, b"a" * LEAST)
    with refused("InvalidPart"):
        upload.finish((1, first), (2, first))
    upload.abort()


@check("Multipart", "a part that is too short and not the last is EntityTooSmall")
def part_too_short(at: Asked) -> None:
    upload = Upload(at)
    parts = (1, upload.part(1, b"short")), (2, upload.part(2, b"end"))
    with refused("EntityTooSmall"):
        upload.finish(*parts)
    upload.abort()


@check("Multipart", "parts in another order are InvalidPartOrder")
def part_order(at: Asked) -> None:
    upload = Upload(at)
    parts = (2, upload.part(2, b"a" * LEAST)), (1, upload.part(1, b"a" * LEAST))
    with refused("InvalidPartOrder"):
        upload.finish(*parts)
    upload.abort()


@check("Multipart", "no parts at all are refused")
def no_parts(at: Asked) -> None:
    upload = Upload(at)
    with refused("MalformedXML", "InvalidRequest", "InvalidPart"):
        upload.finish()
    upload.abort()


@check("Multipart", "after an abort the upload is NoSuchUpload, and there is no object")
def aborted(at: Asked) -> None:
    upload = Upload(at)
    part = upload.part(1, b"all")
    upload.abort()
    with refused(GONE):
        upload.part(2, b"more")
    with refused(GONE):
        upload.finish((1, part))
    assert at.is_missing(upload.name)


@check("Multipart", "a second abort is NoSuchUpload or taken")
def aborted_twice(at: Asked) -> None:
    upload = Upload(at)
    upload.abort()
    with taken_or_refused(GONE):
        upload.abort()


@check("Multipart", "finishing again is NoSuchUpload or the same object")
def finished_twice(at: Asked) -> None:
    upload = Upload(at)
    part = upload.part(1, b"all")
    upload.finish((1, part))
    with taken_or_refused(GONE):
        upload.finish((1, part))
    assert at.get(upload.name) == b"all"


@check("Multipart", "the parts of an upload are listed with number, size and ETag")
def parts_listed(at: Asked) -> None:
    upload = Upload(at)
    told = {number: upload.part(number, b"x" * number) for number in (1, 3)}
    listed = [(part["PartNumber"], part["Size"], part["ETag"]) for part in upload.parts()]
    assert listed == [(1, 1, told[1]), (3, 3, told[3])]
    upload.abort()


@check("Multipart", "uploads that are not finished are listed, and none that is over")
def uploads_listed(at: Asked) -> None:
    upload = Upload(at)

    def listed() -> list[str]:
        told = at.client.list_multipart_uploads(Bucket=at.bucket, Prefix=upload.name)
        return [one["UploadId"] for one in told.get("Uploads", [])]

    assert listed() == [upload.id]
    upload.abort()
    assert listed() == []


@check("Multipart", "a part may be copied from a range of an object")
def part_copied(at: Asked) -> None:
    source, upload = at.name("source"), Upload(at)
    at.put(source, b"0123456789")
    copied = at.client.upload_part_copy(
        **upload.where,  # type: ignore[arg-type]
        UploadId=upload.id,
        PartNumber=1,
        CopySource={"Bucket": at.bucket, "Key": source},
        CopySourceRange="bytes=2-5",
    )["CopyPartResult"]["ETag"]
    upload.finish((1, copied))
    assert at.get(upload.name) == b"2345"
