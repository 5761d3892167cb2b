"""The role's own tables in PostgreSQL, as the database user of the role.

Web roles keep a pool (``DATABASE_POOL_MAX`` connections a process); workers, which fork, have none.
"""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from platform_site.kit import env


def _database(url: str, *, pool_max: int) -> dict[str, Any]:
    parts = urlsplit(url)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not password and (
        password := env.text(
            "DATABASE_PASSWORD",
            "",
            is_secret=True,
            about="Password of the database user, where DATABASE_URL has none.",
        )
    ):
        env.password_require_own("DATABASE_PASSWORD", password, user=user)
    options: dict[str, Any] = {"connect_timeout": 3, **dict(parse_qsl(parts.query))}
    host = options.pop("host", None) or parts.hostname or ""
    if pool_max:
        options["pool"] = {"min_size": 1, "max_size": pool_max, "timeout": 5}
    return {
        "ENGINE": "django_prometheus.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": user,
        "PASSWORD": password,
        "HOST": host,
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 0 if pool_max else 60,
        "OPTIONS": options,
    }


DATABASES = {
    "default": _database(
        env.server_url(
            "DATABASE_URL",
            "postgresql",
            "postgres",
            is_secret=True,
            about="Address of the database, with user, password and options (sslmode).",
        ),
        pool_max=env.integer(
            "DATABASE_POOL_MAX",
            16,
            about="Connections that one process keeps to the database; 0 keeps one a thread.",
        ),
    )
}
DATABASE_CHECKS = [
    "platform_site.kit.health.database",
    "platform_site.kit.health.migrations",
]
