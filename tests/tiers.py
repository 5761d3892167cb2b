"""Which tests are units: those that start no server and no role, and take no seconds of work.

A plugin: it marks them, so that `make check` can run them alone. What a test asks for decides;
there is no list of tests to keep.
"""

from typing import Final

import pytest

SERVERS: Final = frozenset(
    {"db", "transactional_db", "django_db_setup", "postgresql_url", "s3_url", "in_redis"}
)
"""The fixtures behind which a server stands."""
OTHER_TIER: Final = ("processes", "browser", "long", "django_db")
"""The marks of a test that is no unit, for what its fixtures do not tell."""


def is_unit(item: pytest.Item) -> bool:
    """Whether ``item`` needs nothing but its own process."""
    fixtures = getattr(item, "fixturenames", ())
    return SERVERS.isdisjoint(fixtures) and not any(map(item.get_closest_marker, OTHER_TIER))


@pytest.hookimpl(tryfirst=True)  # before pytest looks at `-m unit`
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the units."""
    for item in items:
        if is_unit(item):
            item.add_marker(pytest.mark.unit)
