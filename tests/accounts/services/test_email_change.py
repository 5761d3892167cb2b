"""An address changes once both mailboxes agree, and a stolen session alone changes nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.errors import LinkInvalid, ReauthenticationRequired
from accounts.models import EmailChange, Session, User
from accounts.services import email_change
from accounts.services.sign_in import session_open
from accounts.services.users import password_change
from platform_site.kit.rest.problems import InvalidRequest
from platform_site.kit.rest.rate_limits import RateLimited
from tests.accounts.callers import PASSWORD
from tests.accounts.letters import sent_mails, subjects, token_of

ASKED = "Confirm your new e-mail address"
NEW = "alice@new.example"


@pytest.fixture
def session(alice_user: User) -> Session:
    User.objects.filter(id=alice_user.id).update(email_verified_at=timezone.now())
    pair = session_open(email=alice_user.email, password=PASSWORD, device="", address="192.0.2.1")
    return Session.objects.select_related("user").get(id=pair.session_id)


def tokens(session: Session, email: str = NEW) -> dict[str, str]:
    email_change.email_change_begin(session=session, email=email)
    return {letter.to[0]: token_of(letter, "confirm-email") for letter in sent_mails()}


@pytest.mark.parametrize("first", ["alice@example.com", NEW])
def test_the_address_changes_with_the_second_confirmation(session: Session, first: str) -> None:
    links = tokens(session)
    assert set(links) == {"alice@example.com", NEW}
    assert email_change.email_change_confirm(token=links.pop(first)) == "waiting_for_other"
    assert User.objects.get().email == "alice@example.com"
    (last,) = links.values()
    assert email_change.email_change_confirm(token=last) == "changed"
    user = User.objects.get()
    assert (user.email, user.email_verified_at is not None) == (NEW, True)
    assert EmailChange.objects.count() == 0
    assert subjects() == [("alice@example.com", "Your e-mail address was changed")]
    assert session_open(email=NEW, password=PASSWORD, device="", address="192.0.2.1")


def test_one_side_twice_is_not_both(session: Session) -> None:
    link = tokens(session)[NEW]
    assert email_change.email_change_confirm(token=link) == "waiting_for_other"
    with pytest.raises(LinkInvalid):
        email_change.email_change_confirm(token=link)
    assert User.objects.get().email == "alice@example.com"


def test_an_address_that_was_never_verified_is_told_and_not_asked(session: Session) -> None:
    User.objects.update(email_verified_at=None)
    session.user.refresh_from_db()
    email_change.email_change_begin(session=session, email=NEW)
    told, asked = sent_mails()
    assert (told.to, told.subject) == (
        ["alice@example.com"],
        "Your e-mail address is to be changed",
    )
    assert email_change.email_change_confirm(token=token_of(asked, "confirm-email")) == "changed"


def test_a_second_wish_takes_the_place_of_the_first(session: Session) -> None:
    first = tokens(session)
    second = tokens(session, "alice@other.example")
    for token in first.values():
        with pytest.raises(LinkInvalid):
            email_change.email_change_confirm(token=token)
    states = [email_change.email_change_confirm(token=token) for token in second.values()]
    assert states == ["waiting_for_other", "changed"]
    assert User.objects.get().email == "alice@other.example"


def test_a_changed_password_ends_the_wish(session: Session) -> None:
    links = tokens(session)
    password_change(session=session, current=PASSWORD, new="a different long password")
    for token in links.values():
        with pytest.raises(LinkInvalid):
            email_change.email_change_confirm(token=token)


def test_that_the_new_address_has_an_account_is_told_there_only(
    session: Session, bob_user: User
) -> None:
    email_change.email_change_begin(session=session, email=bob_user.email)
    assert subjects() == [
        ("alice@example.com", ASKED),
        ("bob@example.com", "You have an account already"),
    ]
    assert sorted(User.objects.values_list("email", flat=True)) == [
        "alice@example.com",
        "bob@example.com",
    ]


def test_an_address_that_was_taken_meanwhile_is_not_taken_away(session: Session) -> None:
    links = tokens(session)
    email_change.email_change_confirm(token=links["alice@example.com"])
    User.objects.create_user(NEW, PASSWORD)
    with pytest.raises(LinkInvalid):
        email_change.email_change_confirm(token=links[NEW])
    assert sorted(User.objects.values_list("email", flat=True)) == ["alice@example.com", NEW]


def test_a_sign_in_of_long_ago_is_asked_for_anew(session: Session) -> None:
    session.authenticated_at = timezone.now() - timedelta(seconds=301)
    with pytest.raises(ReauthenticationRequired):
        email_change.email_change_begin(session=session, email=NEW)
    assert subjects() == []


def test_the_same_address_is_refused(session: Session) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        email_change.email_change_begin(session=session, email="alice@example.com")
    assert [(e.pointer, e.code) for e in refusal.value.errors] == [("/email", "email_unchanged")]


def test_nobody_is_flooded(session: Session) -> None:
    for number in range(5):
        email_change.email_change_begin(session=session, email=f"a{number}@new.example")
    with pytest.raises(RateLimited):
        email_change.email_change_begin(session=session, email=NEW)
