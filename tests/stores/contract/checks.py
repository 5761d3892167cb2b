"""A check of the contract: what it says in words, and how a store is asked."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

import urllib3
from botocore.exceptions import ClientError
from mypy_boto3_s3 import S3Client

REFUSED: Final = frozenset({400, 403, 405, 409, 411, 412, 413, 416, 501})


@dataclass(frozen=True)
class Asked:
    """A store at one bucket, by its owner and by the platform's user of least rights.

    Without a ``user`` the owner is asked in its place.
    """

    endpoint: str
    bucket: str
    owner: S3Client
    client: S3Client
    key_id: str
    key: str = field(repr=False)
    has_user: bool = True

    def name(self, word: str) -> str:
        """A key that no other check has."""
        return f"{word}-{secrets.token_hex(6)}"

    def put(self, name: str, body: bytes = b"a picture", **options: Any) -> dict[str, Any]:
        """Store an object; the answer."""
        return dict(self.client.put_object(Bucket=self.bucket, Key=name, Body=body, **options))

    def get(self, name: str, **options: Any) -> bytes:
        """The bytes of an object."""
        return self.client.get_object(Bucket=self.bucket, Key=name, **options)["Body"].read()

    def head(self, name: str, **options: Any) -> dict[str, Any]:
        """What the store tells of an object."""
        return dict(self.client.head_object(Bucket=self.bucket, Key=name, **options))

    def names(self, prefix: str) -> list[str]:
        """The keys that begin so, in the order of the store."""
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=prefix
        )
        return [item["Key"] for page in pages for item in page.get("Contents", [])]

    def url(self, name: str) -> str:
        """The address of an object, without a signature."""
        return f"{self.endpoint}/{self.bucket}/{quote(name, safe='/~')}"

    def is_missing(self, name: str) -> bool:
        """Whether there is no such object."""
        try:
            self.head(name)
        except ClientError as exc:
            if status_of(exc) == 404:
                return True
            raise
        return False


@dataclass(frozen=True)
class Check:
    """One sentence of the contract."""

    group: str
    name: str
    words: str
    ask: Callable[[Asked], None]
    needs_user: bool = False


FOUND: Final[list[Check]] = []
"""All of them, in the order of imports."""


def check(
    group: str, words: str, *, needs_user: bool = False
) -> Callable[[Callable[[Asked], None]], Callable[[Asked], None]]:
    """Make a function a check that says ``words``."""

    def noted(ask: Callable[[Asked], None]) -> Callable[[Asked], None]:
        FOUND.append(Check(group, ask.__name__, words, ask, needs_user))
        return ask

    return noted


@contextmanager
def refused(*codes: str, status: int | None = None) -> Iterator[None]:
    """The store refuses, with one of these codes."""
    try:
        yield
    except ClientError as exc:
        if code_of(exc) not in codes and status_of(exc) != status:
            raise AssertionError(f"refused with {code_of(exc)}") from exc
    else:
        raise AssertionError("it is taken")


@contextmanager
def taken_or_refused(*codes: str) -> Iterator[None]:
    """The store takes it, or refuses it with one of these codes."""
    try:
        yield
    except ClientError as exc:
        if code_of(exc) not in codes:
            raise AssertionError(f"refused with {code_of(exc)}") from exc


def code_of(exc: ClientError) -> str:
    """The code of a refusal, as `NoSuchKey`."""
    return str(exc.response.get("Error", {}).get("Code"))


def status_of(exc: ClientError) -> int:
    """The status of a refusal."""
    return int(exc.response["ResponseMetadata"]["HTTPStatusCode"])


def send(
    method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
) -> urllib3.BaseHTTPResponse:
    """Ask once, without a client that would try again."""
    return urllib3.request(
        method, url, headers=headers or {}, body=body, retries=False, timeout=20.0, redirect=False
    )


def is_refused(answer: urllib3.BaseHTTPResponse, *codes: str) -> None:
    """The store has refused, with one of these codes if it says any."""
    assert answer.status in REFUSED, f"answered {answer.status}"
    said = answer.data.decode(errors="replace")
    if codes and "<Code>" in said:
        code = said.partition("<Code>")[2].partition("</Code>")[0]
        assert code in codes, f"refused with {code}"
