import base64
from uuid import UUID

import pytest
from pytest_django import Settings

from accounts.refresh_tokens import MalformedRefreshTokenError, RefreshToken
from platform_site.kit.identifiers import uuid7

SESSION = UUID("0190a5b0-0000-7000-8000-000000000001")


def test_a_token_survives_its_encoding() -> None:
    token = RefreshToken.new(SESSION)
    assert RefreshToken.parse(token.encoded()) == token
    assert len(token.encoded()) == 86


def test_the_successor_is_always_the_same_and_never_the_token_itself() -> None:
    token = RefreshToken.new(SESSION)
    assert token.successor() == token.successor()
    assert token.successor() != token
    assert token.successor().successor() != token.successor()
    assert token.successor().session_id == SESSION


def test_the_successor_cannot_be_computed_without_the_servers_key(
    settings: Settings,
) -> None:
    token = RefreshToken.new(SESSION)
    ours = token.successor()
    settings.SECRET_KEY = "another key that is long enough to be one"
    assert token.successor() != ours


def test_two_sign_ins_never_share_a_secret() -> None:
    assert RefreshToken.new(SESSION).secret != RefreshToken.new(SESSION).secret


def test_the_digest_depends_on_the_session() -> None:
    token = RefreshToken.new(SESSION)
    assert RefreshToken(uuid7(), token.secret).digest() != token.digest()
    assert len(token.digest()) == 64


def test_any_changed_byte_makes_it_noise() -> None:
    raw = bytearray(base64.urlsafe_b64decode(RefreshToken.new(SESSION).encoded() + "=="))
    for index in range(len(raw)):
        changed = bytes([*raw[:index], raw[index] ^ 1, *raw[index + 1 :]])
        with pytest.raises(MalformedRefreshTokenError):
            RefreshToken.parse(base64.urlsafe_b64encode(changed).decode().rstrip("="))


@pytest.mark.parametrize("noise", ["", "x", "!" * 86, "é" * 86, "A" * 86, "A" * 87, "\0" * 86])
def test_noise_is_not_a_token(noise: str) -> None:
    with pytest.raises(MalformedRefreshTokenError):
        RefreshToken.parse(noise)


def test_it_does_not_show_itself() -> None:
    token = RefreshToken.new(SESSION)
    assert token.encoded() not in repr(token)
    assert str(token.secret) not in repr(token)


def test_a_new_server_key_takes_the_tokens_of_the_one_before(settings: Settings) -> None:
    token = RefreshToken.new(SESSION)
    old = token.encoded()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key that is long enough to be one"
    assert RefreshToken.parse(old) == token
    assert token.encoded() != old
    settings.SECRET_KEY_FALLBACKS = []
    assert RefreshToken.parse(token.encoded()) == token
    with pytest.raises(MalformedRefreshTokenError):
        RefreshToken.parse(old)
