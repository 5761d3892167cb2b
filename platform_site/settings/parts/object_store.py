"""Originals and renditions in an S3-compatible bucket, which is private."""

from typing import Any

from botocore.config import Config

from platform_site import variables

_CLIENT = Config(
    signature_version="s3v4",
    s3={"addressing_style": "path"},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
    connect_timeout=1,  # three tries are over before anybody gives up
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
        "bucket_name": variables.bucket(),
        "endpoint_url": variables.store_url(),
        "region_name": variables.store_region(),
        "access_key": variables.store_key_id(),
        "secret_key": variables.store_key(),
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
