import pytest

from images.errors import SignatureInvalid, UrlExpired
from images.url_signing import expiry_after, path_signed, path_verified

KEYS = {"k1": "11" * 32, "k2": "22" * 32}
NAME = "01890000-0000-7000-8000-000000000000.webp"


def rest_of(path: str) -> str:
    assert path.startswith("/i/")
    return path.removeprefix("/i/")


def test_an_address_says_what_was_signed() -> None:
    path = path_signed(keys=KEYS, spec="thumb", name=NAME, expires_at=7200)
    address = path_verified(rest_of(path), keys=KEYS, now_s=7199)
    assert (address.spec, address.name, address.expires_at) == ("thumb", NAME, 7200)


def test_the_last_key_signs_and_every_key_verifies() -> None:
    old = path_signed(keys={"k1": KEYS["k1"]}, spec="thumb", name=NAME, expires_at=7200)
    new = path_signed(keys=KEYS, spec="thumb", name=NAME, expires_at=7200)
    assert old.split("/")[2] == "k1"
    assert new.split("/")[2] == "k2"
    assert path_verified(rest_of(old), keys=KEYS, now_s=0).name == NAME


def test_an_address_ends_at_its_expiry() -> None:
    path = path_signed(keys=KEYS, spec="thumb", name=NAME, expires_at=7200)
    with pytest.raises(UrlExpired):
        path_verified(rest_of(path), keys=KEYS, now_s=7200)


def test_every_changed_character_is_refused() -> None:
    rest = rest_of(path_signed(keys=KEYS, spec="thumb", name=NAME, expires_at=7200))
    for index, character in enumerate(rest):
        for other in {"A", "b", "1", "/", "-"} - {character}:
            forged = rest[:index] + other + rest[index + 1 :]
            with pytest.raises(SignatureInvalid):
                path_verified(forged, keys=KEYS, now_s=0)


@pytest.mark.parametrize("rest", ["", "/", "a/b/c/d", "k2/1/2/3/4/5", "é/9/ü/x/y", "k2//// "])
def test_what_is_no_address_is_refused(rest: str) -> None:
    with pytest.raises(SignatureInvalid):
        path_verified(rest, keys=KEYS, now_s=0)


def test_addresses_made_within_an_hour_end_together() -> None:
    ends = {expiry_after(now_s=now, lifetime_s=86_400) for now in (3600.5, 3601, 7199.9)}
    assert ends == {3600 + 86_400 + 3600}
    assert expiry_after(now_s=7200, lifetime_s=86_400) == 7200 + 86_400
