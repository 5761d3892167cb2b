import pytest
from pytest_django import Settings

from accounts.secret_keys import SealBrokenError, opened, peppered, sealed

OLD, NEW = "0f" * 32, "a7" * 32


def test_what_was_sealed_can_be_opened_for_its_purpose_alone() -> None:
    text = sealed("factors", b"secret of an authenticator")
    assert b"secret" not in text.encode()
    assert opened("factors", text) == b"secret of an authenticator"
    with pytest.raises(SealBrokenError):
        opened("others", text)
    with pytest.raises(SealBrokenError):
        opened("factors", text[:-3] + "AA=")
    with pytest.raises(SealBrokenError):
        opened("factors", "试")


def test_a_new_key_opens_what_the_old_one_sealed(settings: Settings) -> None:
    settings.ACCOUNT_KEYS = {"a1": OLD}
    before = sealed("factors", b"secret")
    kept = peppered("keys", "ip_live_x")[0]
    settings.ACCOUNT_KEYS = {"a1": OLD, "a2": NEW}
    assert opened("factors", before) == b"secret"
    newest, older = peppered("keys", "ip_live_x")
    assert (older, newest != kept) == (kept, True)
    after = sealed("factors", b"secret")
    settings.ACCOUNT_KEYS = {"a2": NEW}
    assert opened("factors", after) == b"secret"
    with pytest.raises(SealBrokenError):
        opened("factors", before)


def test_a_digest_depends_on_purpose_and_key(settings: Settings) -> None:
    settings.ACCOUNT_KEYS = {"a1": OLD}
    digests = {peppered(purpose, "one")[0] for purpose in ("keys", "devices")}
    settings.ACCOUNT_KEYS = {"a1": NEW}
    assert len(digests | {peppered("keys", "one")[0]}) == 3
