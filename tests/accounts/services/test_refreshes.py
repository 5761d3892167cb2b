from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from prometheus_client import REGISTRY
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.errors import TokenReuseDetected
from accounts.models import Session, User
from accounts.refresh_tokens import RefreshToken
from accounts.services.refreshes import session_refresh
from accounts.services.sessions import TokenPair
from accounts.services.sign_in import session_open
from platform_site.kit.auth.revocations import session_is_revoked
from platform_site.kit.auth.tokens import (
    TokenExpired,
    TokenInvalid,
    TokenRevoked,
    verify_user_token,
)
from platform_site.kit.identifiers import uuid7
from tests.accounts.callers import PASSWORD, in_parallel

ADDRESS = "192.0.2.9"


@pytest.fixture
def pair(alice_user: User) -> TokenPair:
    return session_open(email=alice_user.email, password=PASSWORD, device="d", address="")


def refresh(pair: TokenPair) -> TokenPair:
    return session_refresh(raw=pair.refresh, address=ADDRESS)


def let_the_grace_pass() -> None:
    Session.objects.update(rotated_at=timezone.now() - timedelta(seconds=11))


def refreshes(outcome: str) -> float:
    return REGISTRY.get_sample_value("accounts_refreshes_total", {"outcome": outcome}) or 0.0


def test_a_refresh_gives_a_new_pair_of_the_same_session(pair: TokenPair) -> None:
    before = Session.objects.get()
    fresh = refresh(pair)
    assert fresh.session_id == pair.session_id
    assert fresh.refresh != pair.refresh
    assert fresh.access != pair.access
    assert verify_user_token(fresh.access, audience="auth").session_id == pair.session_id
    after = Session.objects.get()
    assert after.previous_refresh_hash == before.refresh_hash
    assert after.refresh_hash != before.refresh_hash
    assert after.address == ADDRESS
    assert after.rotated_at == after.last_seen_at
    assert after.expires_at - after.last_seen_at == timedelta(days=14)


def test_a_refresh_asks_the_database_once_where_it_can_answer_both(
    pair: TokenPair, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1 if connection.vendor == "postgresql" else 2):
        refresh(pair)


def test_a_session_ends_by_the_longest_life_that_is_set_now(
    pair: TokenPair, settings: Settings
) -> None:
    fresh = refresh(pair)
    settings.SESSION_LIFETIME_S = 3600
    refresh(fresh)
    session = Session.objects.get()
    assert session.expires_at - session.created_at == timedelta(hours=1)


def test_a_chain_of_refreshes_goes_on(pair: TokenPair) -> None:
    seen = {pair.refresh}
    for _ in range(5):
        let_the_grace_pass()
        pair = refresh(pair)
        seen.add(pair.refresh)
    assert len(seen) == 6


def test_a_second_use_within_the_grace_period_gets_the_same_successor(pair: TokenPair) -> None:
    first, second = refresh(pair), refresh(pair)
    assert second.refresh == first.refresh
    assert second.access != first.access
    assert Session.objects.get().revoked_at is None


def test_a_second_use_after_the_grace_period_ends_the_session(pair: TokenPair) -> None:
    fresh = refresh(pair)
    let_the_grace_pass()
    with pytest.raises(TokenReuseDetected):
        refresh(pair)
    assert Session.objects.get().revoked_at is not None
    assert session_is_revoked(pair.session_id) is True
    with pytest.raises(TokenRevoked):
        refresh(fresh)


def test_a_token_older_than_the_previous_one_ends_the_session_at_once(pair: TokenPair) -> None:
    fresh = refresh(refresh(pair))
    with pytest.raises(TokenReuseDetected):
        refresh(pair)
    with pytest.raises(TokenRevoked):
        refresh(fresh)


def test_reuse_ends_only_the_session_it_belongs_to(pair: TokenPair, alice_user: User) -> None:
    other = session_open(email=alice_user.email, password=PASSWORD, device="d", address="")
    refresh(pair)
    let_the_grace_pass()
    with pytest.raises(TokenReuseDetected):
        refresh(pair)
    assert refresh(other).session_id == other.session_id
    assert session_is_revoked(other.session_id) is False


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("generation", [0, 1])
def test_fifty_parallel_refreshes_have_one_successor(settings: Settings, generation: int) -> None:
    settings.REFRESH_GRACE_S = 120  # a slow machine must not turn a race into a reuse
    User.objects.create_user("alice@example.com", PASSWORD)
    pair = session_open(email="alice@example.com", password=PASSWORD, device="", address="")
    for _ in range(generation):
        pair = refresh(pair)
    rotated, repeated = refreshes("rotated"), refreshes("repeated")
    pairs = in_parallel(50, lambda _: refresh(pair))
    assert len({fresh.refresh for fresh in pairs}) == 1
    assert len({fresh.access for fresh in pairs}) == 50
    assert (refreshes("rotated") - rotated, refreshes("repeated") - repeated) == (1, 49)
    assert refresh(pairs[0]).session_id == pair.session_id


@pytest.mark.django_db(transaction=True)
def test_parallel_refreshes_without_grace_leave_at_most_one_winner(
    settings: Settings,
) -> None:
    settings.REFRESH_GRACE_S = -1
    User.objects.create_user("alice@example.com", PASSWORD)
    pair = session_open(email="alice@example.com", password=PASSWORD, device="", address="")

    def outcome(_: int) -> str:
        try:
            return refresh(pair).refresh
        except TokenInvalid as refusal:
            return refusal.code

    rotated = refreshes("rotated")
    outcomes = in_parallel(20, outcome)
    assert refreshes("rotated") - rotated <= 1
    assert outcomes.count("token_reuse_detected") >= 1
    assert Session.objects.get().revoked_at is not None


def test_noise_with_a_known_session_id_does_not_end_the_session(pair: TokenPair) -> None:
    genuine = RefreshToken.parse(pair.refresh)
    forged = genuine.encoded()[:-4] + "AAAA"
    with pytest.raises(TokenInvalid) as refusal:
        session_refresh(raw=forged, address="")
    assert refusal.value.code == "token_invalid"
    assert Session.objects.get().revoked_at is None
    assert refresh(pair).session_id == pair.session_id


def test_a_token_of_a_session_that_is_gone_is_refused(db: None) -> None:
    with pytest.raises(TokenRevoked):
        session_refresh(raw=RefreshToken.new(uuid7()).encoded(), address="")


def test_an_expired_session_cannot_be_refreshed(pair: TokenPair) -> None:
    Session.objects.update(expires_at=timezone.now())
    before = Session.objects.values().get()
    with pytest.raises(TokenExpired):
        refresh(pair)
    assert Session.objects.values().get() == before


def test_a_disabled_user_cannot_refresh(pair: TokenPair) -> None:
    User.objects.update(is_active=False)
    with pytest.raises(TokenRevoked):
        refresh(pair)


def test_rights_are_read_anew_at_each_refresh(pair: TokenPair) -> None:
    User.objects.update(is_staff=True)
    assert verify_user_token(refresh(pair).access, audience="auth").is_staff is True


def test_a_repeat_that_cannot_be_given_the_same_successor_is_given_none(
    pair: TokenPair, settings: Settings
) -> None:
    refresh(pair)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key that is long enough to be one"
    with pytest.raises(TokenReuseDetected):
        refresh(pair)


def test_sessions_survive_a_new_server_key(pair: TokenPair, settings: Settings) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key that is long enough to be one"
    assert refresh(refresh(pair)).session_id == pair.session_id
