"""The role's own tables in PostgreSQL, as the database user of the role.

Web roles keep a pool (``DATABASE_POOL_MAX`` connections a process); workers, which fork, have none.
Each wait has an end: a request is refused rather than held by a database that is lost or hung.
A role whose work takes longer than a request calls `database_of` again, with limits of its own.
"""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from platform_site.kit import env
from platform_site.postgresql.connections import BoundedConnection

ENGINE = "platform_site.postgresql"
_TCP = {
    # What was sent and is not confirmed; and a peer that has vanished without a word.
    "tcp_user_timeout": 5_000,
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
}


def database_of(*, statement_s: float, lock_s: float, idle_s: float, pool: bool) -> dict[str, Any]:
    """The entry of ``DATABASES``; the limits are defaults in seconds, and 0 is none."""
    parts = urlsplit(_url())
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not password and (password := _password()):
        env.password_require_own("DATABASE_PASSWORD", password, user=user)
    given = dict(parse_qsl(parts.query))
    host = given.pop("host", None) or parts.hostname or ""
    limits = _limits(statement_s=statement_s, lock_s=lock_s, idle_s=idle_s)
    command_line = [f"-c {name}={seconds * 1000:.0f}" for name, seconds in limits.items()]
    options: dict[str, Any] = {
        "connect_timeout": _connect_timeout_s(),
        **_TCP,
        **given,
        "options": " ".join([*command_line, given.get("options", "")]).strip(),
    }
    pool_max = _pool_max() if pool else 0
    if pool_max:
        options["pool"] = _pool(pool_max)
    return {
        "ENGINE": ENGINE,
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": user,
        "PASSWORD": password,
        "HOST": host,
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 0 if pool_max else 60,
        "CONN_HEALTH_CHECKS": not pool_max,  # the pool looks at its connections by itself
        "STATEMENT_TIMEOUT_S": limits["statement_timeout"],  # for the kit; Django does not look
        "OPTIONS": options,
    }


def _limits(*, statement_s: float, lock_s: float, idle_s: float) -> dict[str, float]:
    """Settings of the server for each session, in seconds."""
    return {
        "statement_timeout": env.number(
            "DATABASE_STATEMENT_TIMEOUT_S",
            statement_s,
            about="Seconds that one statement may take; then the request is 503. 0 is no limit.",
        ),
        "lock_timeout": env.number(
            "DATABASE_LOCK_TIMEOUT_S",
            lock_s,
            about="Seconds that one waits for a lock; then the request is 503. 0 is no limit.",
        ),
        "idle_in_transaction_session_timeout": env.number(
            "DATABASE_IDLE_TIMEOUT_S",
            idle_s,
            about="Seconds after which the server ends an idle transaction. 0: never.",
        ),
    }


def _pool(size: int) -> dict[str, Any]:
    # Reconnecting is given up soon and begun anew by the next request: psycopg's own pauses
    # double, and a database that is back would be found a minute later.
    return {
        "connection_class": BoundedConnection,
        "min_size": 1,
        "max_size": size,
        "timeout": env.number(
            "DATABASE_POOL_TIMEOUT_S",
            1.5,
            about="Seconds that a request waits for a connection; then it is 503.",
        ),
        "reconnect_timeout": 1.0,
    }


def _url() -> str:
    return env.server_url(
        "DATABASE_URL",
        "postgresql",
        "postgres",
        is_secret=True,
        about="URL of the database, with user, password and options (sslmode).",
    )


def _password() -> str:
    return env.text(
        "DATABASE_PASSWORD",
        "",
        is_secret=True,
        about="Password of the database user, where DATABASE_URL has none.",
    )


def _pool_max() -> int:
    return env.integer(
        "DATABASE_POOL_MAX",
        16,
        about="Connections that one process keeps to the database; 0 keeps one a thread.",
    )


def _connect_timeout_s() -> int:
    return env.integer(
        "DATABASE_CONNECT_TIMEOUT_S",
        2,
        about="Seconds that connecting to the database may take; 2 is the least that counts.",
    )


# For a web role, whose callers give up after two seconds.
DATABASES = {"default": database_of(statement_s=1.5, lock_s=1.0, idle_s=30.0, pool=True)}
DATABASE_CHECKS = [
    "platform_site.kit.health.database",
    "platform_site.kit.health.migrations",
]
