import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Model
from pytest_django import Settings

from accounts.models import ApiKey, Authenticator, Mail, User
from accounts.secret_keys import opened, sealed
from accounts.services import resealing
from accounts.services.api_keys import api_key_create
from accounts.services.authenticators import PURPOSE as AUTHENTICATOR
from accounts.services.key_exchange import api_key_exchange
from accounts.services.mails import SEAL

OLD, NEW = {"a1": "0f" * 32}, {"a2": "a7" * 32}


def run(*words: str) -> str:
    out = StringIO()
    call_command("reseal_accounts", *words, stdout=out)
    return out.getvalue()


def key_of(user: User) -> str:
    return api_key_create(
        user_id=user.id, name="k", scopes=["jobs"], expires_at=None, addresses=[]
    )[1]


def test_what_was_sealed_is_sealed_anew_and_unused_keys_are_counted(
    alice_user: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resealing, "BATCH", 2)
    settings.ACCOUNT_KEYS = OLD
    for number in range(5):
        content = sealed(SEAL, json.dumps(number).encode())
        Mail.objects.create(kind="k", recipient="a@example.com", language="en", context=content)
    Mail.objects.create(kind="k", recipient="a@example.com", language="en")
    secret = sealed(AUTHENTICATOR, b"otp")
    Authenticator.objects.create(user=alice_user, sealed_secret=secret)
    used, unused = key_of(alice_user), key_of(alice_user)
    settings.ACCOUNT_KEYS = OLD | NEW
    assert "end with the old key: 2." in run("--check")
    assert api_key_exchange(raw=used, address="") is not None
    assert run().startswith("Sealed with the newest key: 6.\n")
    settings.ACCOUNT_KEYS = NEW
    assert opened(AUTHENTICATOR, Authenticator.objects.get().sealed_secret) == b"otp"
    kept = Mail.objects.exclude(context="").order_by("id").values_list("context", flat=True)
    assert [opened(SEAL, text) for text in kept] == [b"0", b"1", b"2", b"3", b"4"]
    assert "end with the old key: 1." in run("--check")
    assert api_key_exchange(raw=used, address="") is not None
    assert api_key_exchange(raw=unused, address="") is None
    assert ApiKey.objects.count() == 2


def test_a_key_that_went_too_early_is_told_of(db: None, settings: Settings) -> None:
    settings.ACCOUNT_KEYS = OLD
    text = sealed(SEAL, b"{}")
    Mail.objects.create(kind="k", recipient="a@example.com", language="en", context=text)
    settings.ACCOUNT_KEYS = NEW
    with pytest.raises(CommandError, match="gone: 1"):
        run()
    assert Mail.objects.get().context == text


def test_every_use_of_a_seal_is_listed() -> None:
    """A new sealed column has a row in `SEALED`, or a rotation would lose it."""
    columns: set[tuple[type[Model], str]] = {
        (sealed.rows.model, sealed.field) for sealed in resealing.SEALED
    }
    assert columns == {(Mail, "context"), (Authenticator, "sealed_secret")}
