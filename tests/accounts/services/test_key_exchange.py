import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings
from structlog.testing import capture_logs

from accounts.errors import FactorMissing
from accounts.models import ApiKey, AuditEntry, Authenticator, User
from accounts.services.api_keys import api_key_create
from accounts.services.deny_list import CLOCKS_S
from accounts.services.factors import factors_reset
from accounts.services.introspection import token_introspect
from accounts.services.key_exchange import api_key_exchange
from platform_site.kit.auth.revocations import session_is_revoked

HOME, OFFICE = "192.0.2.7", "2001:db8::1"


@pytest.fixture
def text(alice_user: User) -> str:
    return api_key_create(
        user_id=alice_user.id, name="k", scopes=["jobs"], expires_at=None, addresses=[]
    )[1]


@pytest.fixture
def told() -> Iterator[list[Any]]:
    with capture_logs() as logs:
        yield logs


def uses() -> list[tuple[str, str]]:
    entries = AuditEntry.objects.filter(act="api_key.use").order_by("id")
    return [(entry.outcome, entry.address) for entry in entries]


def test_a_use_is_written_once_a_minute_and_each_new_network_at_once(
    text: str, told: list[Any]
) -> None:
    assert api_key_exchange(raw=text, address=HOME) is not None
    first = ApiKey.objects.get()
    assert first.last_used_address == HOME
    api_key_exchange(raw=text, address=HOME)
    assert ApiKey.objects.get().last_used_at == first.last_used_at
    api_key_exchange(raw=text, address=OFFICE)
    second = ApiKey.objects.get()
    assert (second.last_used_address, len(second.seen_from)) == (OFFICE, 2)
    ApiKey.objects.update(last_used_at=timezone.now() - timedelta(seconds=61))
    api_key_exchange(raw=text, address=HOME)
    assert ApiKey.objects.get().last_used_address == HOME
    assert uses() == [("succeeded", HOME), ("succeeded", OFFICE)]
    assert text not in str(told)


def test_a_use_from_elsewhere_is_refused_and_told_of(text: str) -> None:
    ApiKey.objects.update(addresses=["192.0.2.0/24"])
    found = api_key_exchange(raw=text, address=OFFICE)
    assert found is not None
    assert found.addresses == ["192.0.2.0/24"]
    assert ApiKey.objects.get().last_used_at is None
    assert uses() == [("refused", OFFICE)]


def test_noise_costs_no_query(db: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert api_key_exchange(raw="ip_live_" + "0" * 36, address=HOME) is None


@pytest.mark.parametrize("policy", ["none", "staff", "everybody"])
def test_a_key_is_no_way_round_the_factor_that_everybody_must_have(
    policy: str, text: str, alice_user: User, settings: Settings
) -> None:
    """One that was made before sleeps until there is a factor, and again when the last is gone."""
    settings.REQUIRE_SECOND_FACTOR = policy
    sleeps = policy == "everybody"
    assert (api_key_exchange(raw=text, address=HOME) is None) is sleeps
    assert token_introspect(raw=text)["active"] is not sleeps
    if sleeps:
        with pytest.raises(FactorMissing):
            api_key_create(
                user_id=alice_user.id, name="k", scopes=["jobs"], expires_at=None, addresses=[]
            )
        assert ApiKey.objects.count() == 1
    Authenticator.objects.create(user=alice_user, sealed_secret="", confirmed_at=timezone.now())
    assert api_key_exchange(raw=text, address=HOME) is not None
    factors_reset(user_id=alice_user.id, by=alice_user.id)
    assert session_is_revoked(ApiKey.objects.get().id) is sleeps, "nor do tokens given for it go on"
    assert (api_key_exchange(raw=text, address=HOME) is None) is sleeps
    assert ApiKey.objects.get().revoked_at is None
    later = int(time.time()) + CLOCKS_S + 1
    assert not session_is_revoked(ApiKey.objects.get().id, issued_at=later), "it is taken again"
