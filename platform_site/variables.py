"""Environment variables that more than one place reads, so that each is described once."""

from platform_site.kit import env


def trusted_proxy_count() -> int:
    """How many proxies of ours stand in front of the role."""
    return env.integer(
        "TRUSTED_PROXY_COUNT",
        0,
        about="Number of own proxies in front, whose X-Forwarded headers are believed.",
    )


def port() -> int:
    """Where the role listens."""
    return env.integer("PORT", 8000, about="Port on which the role listens.")


def bucket() -> str:
    """The name of the bucket."""
    return env.text("S3_BUCKET", about="Name of the private bucket for originals and renditions.")


def store_url() -> str:
    """Where the S3 API is."""
    return env.server_url(
        "S3_ENDPOINT_URL",
        "http",
        "https",
        about="URL of the S3 API; an https certificate is verified.",
    )


def store_region() -> str:
    """The region that goes into signatures."""
    return env.text("S3_REGION", "us-east-1", about="Region of the bucket, part of each signature.")


def store_key_id() -> str:
    """Who the bucket's user is."""
    return env.text("S3_ACCESS_KEY_ID", about="Access key id of the bucket's least-rights user.")


def store_key() -> str:
    """The secret of the bucket's user."""
    return env.secret(
        "S3_SECRET_ACCESS_KEY",
        min_length=16,
        about="Secret access key of the bucket's least-rights user.",
    )


def store_other_key_id() -> str:
    """Who else is the bucket's user while its credentials are rotated, empty for nobody."""
    return env.text(
        "S3_OTHER_ACCESS_KEY_ID",
        "",
        about="Access key id of the bucket's other user, while its credentials are rotated.",
    )


def store_other_key() -> str:
    """The secret of the bucket's other user, empty where there is none."""
    return env.text(
        "S3_OTHER_SECRET_ACCESS_KEY",
        "",
        is_secret=True,
        about="Secret access key of the bucket's other user; empty where there is none.",
    )


def store_root_key_id() -> str:
    """Who the bucket's owner is, who makes it and nothing else."""
    return env.text(
        "S3_ROOT_ACCESS_KEY_ID", about="Access key id of the store's owner, who makes the bucket."
    )


def store_root_key() -> str:
    """The secret of the bucket's owner."""
    return env.text(
        "S3_ROOT_SECRET_ACCESS_KEY",
        is_secret=True,
        about="Secret access key of the store's owner, who makes the bucket.",
    )
