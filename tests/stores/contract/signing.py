"""Requests signed by hand, with a clock, a region or a key of their own."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from unittest.mock import patch

import botocore.auth
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSPreparedRequest, AWSRequest
from botocore.credentials import Credentials

from tests.stores.contract.checks import Asked

REGION = "us-east-1"


def signed(
    at: Asked,
    method: str,
    url: str,
    body: bytes = b"",
    *,
    headers: Mapping[str, str] | None = None,
    late: dt.timedelta = dt.timedelta(0),
    region: str = REGION,
    key_id: str = "",
    key: str = "",
) -> AWSPreparedRequest:
    """A request as a client would send it whose clock is ``late``."""
    request = AWSRequest(method, url, headers=dict(headers or {}), data=body)
    signer: Any = S3SigV4Auth(Credentials(key_id or at.key_id, key or at.key), "s3", region)
    now = dt.datetime.now(dt.UTC) - late
    with patch.object(botocore.auth, "get_current_datetime", lambda: now):
        signer.add_auth(request)
    return request.prepare()


def signed_put(at: Asked, name: str, body: bytes, **options: Any) -> AWSPreparedRequest:
    """A PUT of ``body``, which is signed by its SHA-256."""
    headers = {"Content-Type": "image/png", "Content-Length": str(len(body))}
    headers |= options.pop("headers", {})
    return signed(at, "PUT", at.url(name), body, headers=headers, **options)
