"""What one process of a role may hold at once, from the settings and constants that bound it."""

from dataclasses import dataclass
from typing import Final

from django.conf import settings

from accounts.hashers import TunedArgon2PasswordHasher
from images.upload_handler import MEMORY_BYTES
from platform_site import gunicorn
from platform_site.web import connections

MIB: Final = 2**20
JSON_TIMES: Final = 2
"""A document is there as bytes and as objects."""
NGINX_CONNECTIONS: Final = 2048
"""worker_connections of nginx.conf; a proxied client takes two."""
NGINX_CACHE_ZONE: Final = 8 * MIB
"""keys_zone of nginx.conf."""
NGINX_BUFFERS: Final = 9 * 16 * 1024
ROLES: Final = ("auth", "admin", "gateway", "images", "worker", "frontend")


@dataclass(frozen=True)
class Holding:
    """What one process may hold: ``bytes`` of it, ``at_once`` times."""

    name: str
    bytes: int
    at_once: int

    @property
    def row(self) -> str:
        """Its cells in a table."""
        size = f"{self.bytes / MIB:.0f} MiB" if self.bytes >= MIB else f"{self.bytes // 1024} KiB"
        return f"{self.name} | {size} | {self.at_once}"


def held(role: str) -> list[Holding]:
    """What one process of ``role`` may hold at once, beyond what it has at rest."""
    received = connections.HEAD_BYTES + 2 * connections.RECEIVE_BYTES
    # A body longer than memory may be is read by half of the threads at most; the others answer.
    long_bodies = gunicorn.threads // 2
    web = [
        Holding("unfinished requests", received, gunicorn.worker_connections),
        Holding("JSON", JSON_TIMES * settings.DATA_UPLOAD_MAX_MEMORY_SIZE, gunicorn.threads),
    ]
    hashes = Holding(
        "password hashes", TunedArgon2PasswordHasher.memory_cost * 1024, settings.HASHES_AT_ONCE
    )
    upload = Holding("uploads, in memory", 3 * MEMORY_BYTES, long_bodies)
    picture = Holding("pictures sent", 1024 * 1024, settings.DELIVERIES_AT_ONCE)
    decode = Holding("decoded picture", settings.IMAGE_DECODE_MEMORY_MB * 1_000_000, 1)
    clients = Holding("responses that wait", NGINX_BUFFERS, NGINX_CONNECTIONS // 2)
    known = Holding("names of pictures kept", NGINX_CACHE_ZONE, 1)
    return {
        "auth": [hashes, *web],
        "admin": [hashes, *web],
        "gateway": [Holding("uploads, passed on", 1024 * 1024, long_bodies), *web],
        "images": [upload, picture, *web],
        "worker": [decode],
        "frontend": [clients, known],
    }[role]
