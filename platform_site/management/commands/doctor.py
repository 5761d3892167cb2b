"""``manage.py doctor``: checks every dependency of the role and says in words what is wrong."""

import logging
import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import urllib3
from botocore.exceptions import BotoCoreError, ClientError
from django.apps import apps
from django.conf import settings
from django.core.cache import caches
from django.core.files.storage import storages
from django.core.management.base import BaseCommand, CommandError
from jwt import PyJWTError
from kombu import Connection, Queue
from kombu.exceptions import OperationalError
from redis.exceptions import NoPermissionError, RedisError

from platform_site import redis_users
from platform_site.checks import start_refusal
from platform_site.kit import health
from platform_site.kit.auth.jwks import keys_parsed

Check = Callable[[], None]
PREFIX = "inprocess:"


class Command(BaseCommand):
    help = "Check every dependency of this role and say in words what is wrong."

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(f"Role {settings.ROLE}, version {settings.VERSION}")
        if words := start_refusal():
            raise CommandError(words)
        logging.disable(logging.INFO)  # in embedded the roles asked are here, and would log it
        try:
            failed = [name for name, check in _checks() if not self._passes(name, check)]
        finally:
            logging.disable(logging.NOTSET)
        if failed:
            raise CommandError(f"{len(failed)} of the dependencies fail: {', '.join(failed)}.")
        self.stdout.write(self.style.SUCCESS("Everything that this role needs answers."))

    def _passes(self, name: str, check: Check) -> bool:
        try:
            check()
        except health.NotReady as exc:
            self.stdout.write(self.style.ERROR(f"  ✗ {name}: {exc}"))
            return False
        self.stdout.write(f"  ✓ {name}")
        return True


def _checks() -> Iterator[tuple[str, Check]]:
    if settings.DATABASES:
        yield "database", partial(_explained, health.database)
        yield "migrations", partial(_explained, health.migrations)
    if hasattr(settings, "CACHES") and "revocations" in settings.CACHES:
        yield "cache", _cache
    if hasattr(settings, "CELERY_BROKER_URL"):
        yield "broker", _broker
    if "objects" in settings.STORAGES:
        yield "object store", _object_store
    for role, address in getattr(settings, "UPSTREAMS", {}).items():
        if not address.startswith(PREFIX):
            yield f"role {role}", partial(_role, role, address)
    if hasattr(settings, "JWKS_BUNDLE"):
        yield "published keys", _published_keys
    for app in apps.get_app_configs():
        yield from getattr(app, "dependencies", dict)().items()


def _explained(check: Check) -> None:
    """``check`` with the driver's own words, which readiness keeps from the public."""
    try:
        check()
    except health.NotReady as exc:
        reason = str(exc.__cause__ or "").partition("\n")[0]
        raise health.NotReady(f"{exc} {reason}".strip()) from exc


def _cache() -> None:
    """Write what is the role's own, and look for an ended session, as every request does."""
    try:
        # Written and not only read: a user without the right to write would fail at the first
        # limit.
        caches["default"].set("doctor", 1, 5)
        caches["revocations"].get("doctor")
    except NoPermissionError as exc:
        raise health.NotReady(f"CACHE_URL: {_refused(exc)}") from exc
    except (RedisError, OSError) as exc:
        raise health.NotReady(f"CACHE_URL gives no answer: {exc}") from exc


def _refused(exc: NoPermissionError) -> str:
    """Redis says NOPERM: the user and the password are right, its rights are not."""
    return (
        f"the server knows the user and refuses what the role does ({exc}). "
        "`manage.py redis_users` writes the users; the server reads them when it starts."
    )


def _broker() -> None:
    try:
        with Connection(
            settings.CELERY_BROKER_URL,
            transport=getattr(settings, "CELERY_BROKER_TRANSPORT", None),
            transport_options=settings.CELERY_BROKER_TRANSPORT_OPTIONS,
            ssl=getattr(settings, "CELERY_BROKER_USE_SSL", False),
        ) as connection:
            connection.ensure_connection(max_retries=1, timeout=2)
            if connection.transport.driver_type == "redis":
                # The only queue that every role with a broker may send to.
                Queue(min(redis_users.queues_scheduled()))(
                    connection.default_channel
                ).queue_declare(passive=True)
    except NoPermissionError as exc:
        raise health.NotReady(f"BROKER_URL: {_refused(exc)}") from exc
    except (OperationalError, OSError) as exc:
        raise health.NotReady(f"BROKER_URL gives no answer: {exc}") from exc


def _object_store() -> None:
    bucket = getattr(storages["objects"], "bucket", None)
    if bucket is None:
        _directory(Path(storages["objects"].path("")))
        return
    try:
        bucket.Object("doctor").get()  # unlike HEAD, the answer tells a missing key from a bucket
    except bucket.meta.client.exceptions.NoSuchKey:
        return
    except (BotoCoreError, ClientError) as exc:
        raise health.NotReady(f"The bucket {bucket.name} cannot be used: {exc}") from exc


def _directory(path: Path) -> None:
    if not (path.is_dir() and os.access(path, os.W_OK)):
        raise health.NotReady(f"The directory {path} cannot be written to.")


def _published_keys() -> None:
    documents = {"JWKS": orjson.dumps(settings.JWKS_BUNDLE)}
    if settings.JWKS_URL:
        documents[settings.JWKS_URL] = _fetched("auth", settings.JWKS_URL)
    usable = {name: _usable_keys(name, document) for name, document in documents.items()}
    if not any(usable.values()):
        raise health.NotReady(f"There is no key for ES256 in {' or '.join(usable)}.")


def _usable_keys(name: str, document: bytes) -> int:
    try:
        return len(keys_parsed(orjson.loads(document)))
    except (ValueError, PyJWTError) as exc:
        raise health.NotReady(f"{name} is no set of keys: {exc}") from exc


def _role(role: str, address: str) -> None:
    _fetched(role, f"{address}/readyz")


def _fetched(role: str, url: str) -> bytes:
    try:
        reply = urllib3.request("GET", url, timeout=2.0, retries=False)
    except urllib3.exceptions.HTTPError as exc:
        raise health.NotReady(f"{url} gives no answer ({type(exc).__name__})") from exc
    if reply.status != 200:  # noqa: PLR2004
        raise health.NotReady(f"{role} at {url} answers {reply.status}: it is not ready")
    return reply.data
