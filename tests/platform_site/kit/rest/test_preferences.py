import pytest

from platform_site.kit.rest.preferences import preferred_wait_s


@pytest.mark.parametrize(
    ("header", "wait_s"),
    [
        ("wait=10", 10),
        ("wait = 5", 5),
        ('respond-async; foo="bar", wait=7', 7),
        ("WAIT=3", 3),
        ("wait=31", 30),
        ("wait=0", 0),
        ("await=9", 0),
        ("wait=-1", 0),
        ("", 0),
        ("wait=soon", 0),
    ],
)
def test_a_preference_is_read(header: str, wait_s: int) -> None:
    assert preferred_wait_s(header) == wait_s
