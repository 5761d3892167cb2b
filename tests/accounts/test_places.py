from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from accounts.models import Session, User
from accounts.places import GeoPlace, place_of, places_open
from tests.accounts.callers import Caller


def encoded(value: Any) -> bytes:
    """A value in the format of MaxMind DB 2.0, as far as it is needed here."""
    match value:
        case str():
            return bytes([2 << 5 | len(value)]) + value.encode()
        case dict():
            pairs = b"".join(encoded(key) + encoded(inner) for key, inner in value.items())
            return bytes([7 << 5 | len(value)]) + pairs
        case list():
            return bytes([len(value), 11 - 7]) + b"".join(map(encoded, value))
        case bytes():  # a number; its width is its type
            kind = {2: [5 << 5 | 2], 4: [6 << 5 | 4], 8: [8, 9 - 7]}[len(value)]
            return bytes(kind) + value
    raise TypeError(value)


def database(path: Path, found: dict[str, Any]) -> str:
    """A database of one node: 0.0.0.0/1 is ``found``, the rest is not known."""
    tree = (1 + 16).to_bytes(3) + (1).to_bytes(3)
    metadata = {
        "node_count": (1).to_bytes(4), "record_size": (24).to_bytes(2),
        "ip_version": (4).to_bytes(2), "database_type": "Test", "languages": ["en"],
        "binary_format_major_version": (2).to_bytes(2),
        "binary_format_minor_version": (0).to_bytes(2), "build_epoch": (1).to_bytes(8),
        "description": {"en": "One half of the world"},
    }  # fmt: skip
    marker = b"\xab\xcd\xefMaxMind.com"
    path.write_bytes(tree + bytes(16) + encoded(found) + marker + encoded(metadata))
    return str(path)


LEIPZIG = {"country": {"iso_code": "DE"}, "city": {"names": {"en": "Leipzig"}}}


def test_without_a_database_there_are_no_places(settings: Settings) -> None:
    settings.GEOIP_DATABASE = ""
    assert place_of("10.0.0.1") is None


def test_a_place_is_what_the_database_knows(settings: Settings, tmp_path: Path) -> None:
    settings.GEOIP_DATABASE = database(tmp_path / "a.mmdb", LEIPZIG)
    assert place_of("10.0.0.1") == GeoPlace("DE", "Leipzig")
    for nowhere in ("203.0.113.1", "2001:db8::1", "", "unix:"):
        assert place_of(nowhere) is None
    settings.GEOIP_DATABASE = database(tmp_path / "b.mmdb", {"country": {"iso_code": "FR"}})
    assert place_of("10.0.0.1") == GeoPlace("FR", "")
    settings.GEOIP_DATABASE = database(tmp_path / "c.mmdb", {"country": "FR", "city": ["x"]})
    assert place_of("10.0.0.1") is None


def test_a_file_that_is_none_stops_the_role(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no database")
    for name in ("text", "absent"):
        settings.GEOIP_DATABASE = str(tmp_path / name)
        with pytest.raises(ImproperlyConfigured, match="GEOIP_DATABASE"):
            places_open()


def test_alice_sees_where_she_is_signed_in(
    alice: Caller, alice_user: User, settings: Settings, tmp_path: Path
) -> None:
    (shown,) = alice.get("/auth/sessions").json()["results"]
    assert shown["place"] is None
    settings.GEOIP_DATABASE = database(tmp_path / "d.mmdb", LEIPZIG)
    Session.objects.filter(user=alice_user).update(address="10.0.0.1")
    (shown,) = alice.get("/auth/sessions").json()["results"]
    assert shown["place"] == {"country": "DE", "city": "Leipzig"}
