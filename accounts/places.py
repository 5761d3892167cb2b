"""Where an address is, by a MaxMind database on this machine, if one is configured.

Nothing is asked of anybody: without a file there are no places.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import maxminddb
import structlog
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class GeoPlace:
    """A country (ISO 3166-1, two letters) and a city in English; empty where it is not known."""

    country: str
    city: str


def place_of(address: str) -> GeoPlace | None:
    """Where ``address`` is, as far as the database knows; ``None`` without one."""
    database = places_open()
    if database is None or not address:
        return None
    try:
        found: Any = database.get(address)
    except (ValueError, maxminddb.InvalidDatabaseError):
        log.warning("place_not_read")
        return None
    country = _text(found, "country", "iso_code")
    city = _text(found, "city", "names", "en")
    return GeoPlace(country, city) if country or city else None


def places_open() -> maxminddb.Reader | None:
    """The database, if there is to be one. Raises ``ImproperlyConfigured`` if it is no such."""
    path: str = settings.GEOIP_DATABASE
    return _opened(path) if path else None


@lru_cache(maxsize=1)
def _opened(path: str) -> maxminddb.Reader:
    try:
        return maxminddb.open_database(path)
    except (OSError, ValueError, maxminddb.InvalidDatabaseError) as exc:
        raise ImproperlyConfigured(f"GEOIP_DATABASE cannot be read: {path}") from exc


def _text(found: Any, *keys: str) -> str:
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, str) else ""
