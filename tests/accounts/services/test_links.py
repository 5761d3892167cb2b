"""A link does one thing once, for a while, and only while what it would change is as it was."""

from datetime import timedelta
from typing import get_args
from unittest.mock import patch

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts import metrics
from accounts.errors import LinkInvalid
from accounts.models import Link, User
from accounts.services import links
from platform_site.kit.telemetry.request_context import acting_for
from tests.accounts.callers import in_parallel


def test_a_link_is_used_once(alice_user: User) -> None:
    token = links.link_issue("email_verify", user_id=alice_user.id, data={"a": "b"})
    link = links.link_use("email_verify", token)
    assert (link.user, link.data) == (alice_user, {"a": "b"})
    with pytest.raises(LinkInvalid):
        links.link_use("email_verify", token)
    assert Link.objects.count() == 0


def test_what_becomes_of_links_is_counted(
    alice_user: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    def counted() -> dict[str, float]:
        return {
            outcome: REGISTRY.get_sample_value(
                "accounts_links_total", {"purpose": "password_reset", "outcome": outcome}
            )
            or 0.0
            for outcome in get_args(metrics.LinkOutcome)
        }

    before = counted()
    used, stale, closed = (
        links.link_issue("password_reset", user_id=alice_user.id) for _ in range(3)
    )
    with django_capture_on_commit_callbacks(execute=True):
        links.link_use("password_reset", used)
    User.objects.update(password="another hash")
    for token in ("x~y", used, stale):
        with pytest.raises(LinkInvalid):
            links.link_read("password_reset", token)
    User.objects.update(is_active=False)
    with pytest.raises(LinkInvalid):
        links.link_read("password_reset", closed)
    assert {outcome: value - before[outcome] for outcome, value in counted().items()} == {
        **dict.fromkeys(("used", "forged", "gone", "closed", "stale"), 1),
        "issued": 3,
    }


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_uses_it(alice_user: User) -> None:
    token = links.link_issue("password_reset", user_id=alice_user.id)

    def used(_number: int) -> bool:
        try:
            links.link_use("password_reset", token)
        except LinkInvalid:
            return False
        return True

    assert sorted(in_parallel(8, used)) == [False] * 7 + [True]


@pytest.mark.parametrize("purpose", links.PURPOSES)
def test_a_link_ends_with_its_time(alice_user: User, purpose: str) -> None:
    token = links.link_issue(purpose, user_id=alice_user.id)
    assert links.link_read(purpose, token).user == alice_user
    later = timezone.now() + timedelta(seconds=links.PURPOSES[purpose].lifetime_s)
    with patch("django.utils.timezone.now", return_value=later):
        with pytest.raises(LinkInvalid):
            links.link_use(purpose, token)
        assert links.links_expire() == 1


@pytest.mark.parametrize("purpose", links.PURPOSES)
@pytest.mark.parametrize(
    "change",
    [
        {"email": "another@example.com"},
        {"password": "another hash"},
        {"is_active": False},
        {"deletion_due_at": timezone.now() - timedelta(seconds=1)},
    ],
    ids=["email", "password", "closed", "deleted"],
)
def test_a_link_is_dead_once_what_it_would_change_has_changed(
    alice_user: User, purpose: str, change: dict[str, object]
) -> None:
    token = links.link_issue(purpose, user_id=alice_user.id)
    User.objects.filter(id=alice_user.id).update(**change)
    if "password" in change and purpose == "email_verify":
        assert links.link_read(purpose, token)
        return
    with pytest.raises(LinkInvalid):
        links.link_read(purpose, token)


def test_a_link_of_one_purpose_is_no_use_for_another(alice_user: User) -> None:
    token = links.link_issue("email_verify", user_id=alice_user.id)
    with pytest.raises(LinkInvalid):
        links.link_use("password_reset", token)


def test_an_altered_token_does_not_reach_the_database() -> None:
    for token in ("", "~", "a~b", "é", "x" * 300):
        with pytest.raises(LinkInvalid):
            links.link_read("email_verify", token)


@given(at=st.integers(min_value=0), other=st.characters(codec="utf-8"))
def test_no_character_of_a_token_can_be_changed(at: int, other: str) -> None:
    token = links._signer("email_verify").sign("a" * 54)
    at %= len(token)
    if token[at] == other:
        return
    with pytest.raises(LinkInvalid):
        links.link_read("email_verify", f"{token[:at]}{other}{token[at + 1 :]}")


def test_the_token_is_nowhere_in_the_row(alice_user: User) -> None:
    token = links.link_issue("email_verify", user_id=alice_user.id)
    kept = " ".join(str(value) for value in Link.objects.values().get().values())
    assert token.partition("~")[0] not in kept


def test_a_former_key_still_opens_and_a_lost_one_does_not(
    alice_user: User, settings: Settings
) -> None:
    token = links.link_issue("email_verify", user_id=alice_user.id)
    settings.ACCOUNT_KEYS = {**settings.ACCOUNT_KEYS, "next": "11" * 32}
    assert links.link_read("email_verify", token)
    settings.ACCOUNT_KEYS = {"next": "11" * 32}
    with pytest.raises(LinkInvalid):
        links.link_read("email_verify", token)


def test_a_token_stands_in_the_fragment(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://photos.example"
    assert links.link_url("verify-email", "t~s") == "https://photos.example/verify-email#token=t~s"


def test_without_a_public_url_the_request_names_the_site(rf: object, settings: Settings) -> None:
    settings.PUBLIC_URL = settings.LOCAL_URL = ""
    assert links.site_origin() == ""
    settings.LOCAL_URL = "http://127.0.0.1:8001"
    assert links.site_origin() == "http://127.0.0.1:8001"
    request = rf.get("/auth/profile", headers={"host": "localhost:8000"})  # type: ignore[attr-defined]
    with acting_for(lambda: None, request):
        assert links.site_origin() == "http://localhost:8000"
