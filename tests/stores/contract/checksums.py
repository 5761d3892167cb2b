"""Bytes that were changed on their way: found by the store, and stored nowhere."""

import base64
import hashlib
import zlib
from typing import Any, Final

from botocore.config import Config

from tests.servers.s3 import client_of
from tests.stores.contract.checks import Asked, check, is_refused, refused, send
from tests.stores.contract.signing import signed_put

BODY: Final = b"a picture"
BAD: Final = ("BadDigest", "InvalidDigest", "InvalidRequest", "XAmzContentChecksumMismatch")


def _encoded(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


SHA256: Final = _encoded(hashlib.sha256(BODY).digest())
CRC32: Final = _encoded(zlib.crc32(BODY).to_bytes(4, "big"))


def _wrong(at: Asked, **checksum: Any) -> None:
    name = at.name("wrong")
    with refused(*BAD):
        at.put(name, b"a pixture", **checksum)
    assert at.is_missing(name), "refused, and stored"


@check("Checksums", "a SHA-256 that is right is kept and told")
def sha256(at: Asked) -> None:
    name = at.name("sha256")
    at.put(name, BODY, ChecksumSHA256=SHA256)
    assert at.head(name, ChecksumMode="ENABLED").get("ChecksumSHA256") == SHA256


@check("Checksums", "a SHA-256 that is wrong is refused, and nothing is stored")
def sha256_wrong(at: Asked) -> None:
    _wrong(at, ChecksumSHA256=SHA256)


@check("Checksums", "a CRC32 that is right is kept and told")
def crc32(at: Asked) -> None:
    name = at.name("crc32")
    at.put(name, BODY, ChecksumCRC32=CRC32)
    assert at.head(name, ChecksumMode="ENABLED").get("ChecksumCRC32") == CRC32


@check("Checksums", "a CRC32 that is wrong is refused, and nothing is stored")
def crc32_wrong(at: Asked) -> None:
    _wrong(at, ChecksumCRC32=CRC32)


@check("Checksums", "an MD5 that is wrong is refused, and nothing is stored")
def md5_wrong(at: Asked) -> None:
    _wrong(at, ContentMD5=_encoded(hashlib.md5(BODY, usedforsecurity=False).digest()))


@check("Checksums", "a checksum after the body (boto3's own way) is taken")
def trailing(at: Asked) -> None:
    name = at.name("trailing")
    client = client_of(at.endpoint, at.key_id, at.key)
    client.put_object(Bucket=at.bucket, Key=name, Body=BODY)
    assert at.get(name) == BODY


@check("Checksums", "bytes whose SHA-256 is not the signed one are refused, and not stored")
def signed_sha256_wrong(at: Asked) -> None:
    name = at.name("payload")
    request = signed_put(at, name, BODY)
    answer = send("PUT", request.url, headers=dict(request.headers), body=b"a pixture")
    is_refused(answer, "XAmzContentSHA256Mismatch", "SignatureDoesNotMatch", *BAD)
    assert at.is_missing(name), "refused, and stored"


@check("Checksums", "a part whose SHA-256 is wrong is refused")
def part_wrong(at: Asked) -> None:
    where: Any = {"Bucket": at.bucket, "Key": at.name("parts")}
    begun = at.client.create_multipart_upload(**where, ChecksumAlgorithm="SHA256")["UploadId"]
    with refused(*BAD):
        at.client.upload_part(
            **where, UploadId=begun, PartNumber=1, Body=b"a pixture", ChecksumSHA256=SHA256
        )
    at.client.abort_multipart_upload(**where, UploadId=begun)


@check("Checksums", "a client that verifies what it reads finds it sound")
def verified_read(at: Asked) -> None:
    name = at.name("verified")
    at.put(name, BODY, ChecksumCRC32=CRC32)
    config = Config(response_checksum_validation="when_supported")
    client = client_of(at.endpoint, at.key_id, at.key, config)
    assert client.get_object(Bucket=at.bucket, Key=name)["Body"].read() == BODY
