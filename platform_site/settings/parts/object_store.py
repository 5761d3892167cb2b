"""Originals and renditions in an S3-compatible bucket, which is private."""

from typing import Any

from botocore.config import Config

from platform_site.kit import env

_CLIENT = Config(
    signature_version="s3v4",
    s3={"addressing_style": "path"},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
    connect_timeout=3,
    read_timeout=20,
    retries={"mode": "standard", "max_attempts": 3},
    max_pool_connections=32,
)
# For those who only ask how the store is: an answer that comes late is an answer, too.
_IMPATIENT_CLIENT = _CLIENT.merge(
    Config(
        connect_timeout=1,
        read_timeout=1,
        retries={"mode": "standard", "total_max_attempts": 1},
    )
)
_STORE: dict[str, Any] = {
    "BACKEND": "storages.backends.s3.S3Storage",
    "OPTIONS": {
        "bucket_name": env.text("S3_BUCKET"),
        "endpoint_url": env.server_url("S3_ENDPOINT_URL", "http", "https"),
        "region_name": env.text("S3_REGION", "us-east-1"),
        "access_key": env.text("S3_ACCESS_KEY_ID"),
        "secret_key": env.secret("S3_SECRET_ACCESS_KEY", min_length=16),
        "default_acl": None,
        "file_overwrite": True,
        "querystring_auth": True,
        "max_memory_size": 1_000_000,
    },
}
OBJECT_STORES = {
    name: {**_STORE, "OPTIONS": {**_STORE["OPTIONS"], "client_config": client}}
    for name, client in {"objects": _CLIENT, "objects_probe": _IMPATIENT_CLIENT}.items()
}
