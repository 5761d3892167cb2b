"""Presigned URLs of objects: AWS Signature Version 4 in the query, as botocore would write them.

For one thing only, GET of an object by path-style address. Asks nobody and knows no rows. Why it is
not botocore that signs: record 74.
"""

import hashlib
import hmac
import time
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote, urlsplit

ALGORITHM: Final = "AWS4-HMAC-SHA256"
DEFAULT_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Presigner:
    """Signs for one bucket with one pair of keys. Threads share it."""

    endpoint_url: str
    bucket: str
    region: str
    key_id: str
    secret: str = field(repr=False)

    def target(self, key: str, *, lifetime_s: int, now_s: float) -> str:
        """Path and query under which the store gives the object ``key`` for ``lifetime_s``.

        Good with the ``Host`` of ``endpoint_url`` alone.
        """
        prefix, host = _address(self.endpoint_url)
        moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now_s))
        scope, key_of_day = _of_day(self.secret, moment[:8], self.region)
        path = quote(f"{prefix}/{self.bucket}/{key}", safe="/~")
        query = (
            f"X-Amz-Algorithm={ALGORITHM}&X-Amz-Credential={quote(self.key_id, safe='~')}%2F"
            f"{scope.replace('/', '%2F')}&X-Amz-Date={moment}&X-Amz-Expires={lifetime_s}"
            "&X-Amz-SignedHeaders=host"
        )
        request = f"GET\n{path}\n{query}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD"
        digest = hashlib.sha256(request.encode()).hexdigest()
        signed = f"{ALGORITHM}\n{moment}\n{scope}\n{digest}"
        signature = hmac.digest(key_of_day, signed.encode(), "sha256").hex()
        return f"{path}?{query}&X-Amz-Signature={signature}"


def presigner_of(store: Any) -> Presigner:
    """The signer for the bucket of a django-storages `S3Storage`."""
    return Presigner(
        endpoint_url=store.endpoint_url,
        bucket=store.bucket_name,
        region=store.region_name,
        key_id=store.access_key,
        secret=store.secret_key,
    )


@lru_cache(maxsize=4)
def _address(endpoint_url: str) -> tuple[str, str]:
    """The path before every bucket, and the ``Host`` as clients send it."""
    parts = urlsplit(endpoint_url)
    port = "" if parts.port in {None, DEFAULT_PORTS.get(parts.scheme)} else f":{parts.port}"
    host = parts.hostname or ""
    return parts.path.rstrip("/"), f"[{host}]{port}" if ":" in host else f"{host}{port}"


@lru_cache(maxsize=4)
def _of_day(secret: str, day: str, region: str) -> tuple[str, bytes]:
    """The scope of a day in UTC and the key that signs in it, which botocore makes for each URL."""
    parts = (day, region, "s3", "aws4_request")
    key = f"AWS4{secret}".encode()
    for part in parts:
        key = hmac.digest(key, part.encode(), "sha256")
    return "/".join(parts), key
