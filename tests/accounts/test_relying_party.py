import pytest
from pytest_django import Settings

from accounts.relying_party import fido_server, relying_party_id


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://photos.example", "photos.example"),
        ("http://localhost:8000", "localhost"),
        ("http://127.0.0.1:8000", "localhost"),
        ("http://[::1]:8000", "localhost"),
    ],
)
def test_a_passkey_belongs_to_the_host_of_the_pages(origin: str, host: str) -> None:
    assert relying_party_id(origin) == host


def test_answers_from_other_pages_are_refused(settings: Settings) -> None:
    settings.TRUSTED_ORIGINS = ["https://www.photos.example"]
    party = fido_server("photos.example", "https://photos.example")
    seen = ["https://photos.example", "https://www.photos.example", "https://x.photos.example"]
    assert [party._verify(origin) for origin in seen] == [True, True, False]
