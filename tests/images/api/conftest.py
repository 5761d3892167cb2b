"""What the tests of the API share: its OpenAPI document, and an address of delivery."""

from typing import Any

import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator

from images import internal_urls
from tests.images.people import path_of

PUBLISHED = ("images", "jobs", "presets", "usage", "exports")


@pytest.fixture(scope="session")
def document() -> dict[str, Any]:
    """What the role publishes, under the paths that it is asked, made without a warning."""
    GENERATOR_STATS.reset()
    patterns = [
        pattern
        for pattern in internal_urls.urlpatterns
        if str(pattern.pattern).removeprefix("internal/v1/").startswith(PUBLISHED)
    ]
    generator = SchemaGenerator(patterns=patterns)  # type: ignore[no-untyped-call]
    made: dict[str, Any] = generator.get_schema(public=True)  # type: ignore[no-untyped-call]
    assert not GENERATOR_STATS
    return made


@pytest.fixture
def original(ready_picture: dict[str, Any]) -> str:
    """Where an image's own file is delivered."""
    return path_of(ready_picture["links"]["original"])
