"""The role images as this app calls it: a real HTTP server that answers as a test says."""

from collections.abc import Iterator
from contextlib import contextmanager

from pytest_django import Settings

from platform_site.kit.upstream.http import upstream
from tests.gateway.provider import Answer, Provider, serving

OWNER = "/internal/v1/owner"


@contextmanager
def images_answering(settings: Settings, **statuses: int) -> Iterator[Provider]:
    """Images, with the status of each of ``withhold``, ``release`` and ``purge``."""
    with serving(Provider()) as running:
        settings.UPSTREAMS = {"images": running.url}
        for action, status in {"forget": 204, **statuses}.items():
            running.on("POST", f"{OWNER}/{action}", Answer(status))
        upstream.cache_clear()
        yield running
        upstream.cache_clear()
