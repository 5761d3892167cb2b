"""Who reads the mail of an address can say so; nobody is told who has an account."""

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.errors import EmailUnverified, InvalidCredentials, LinkInvalid
from accounts.models import Mail, Session, User
from accounts.services import verification
from accounts.services.sign_in import session_open
from accounts.services.users import user_register
from platform_site.kit.rest.rate_limits import RateLimited
from tests.accounts.callers import PASSWORD
from tests.accounts.letters import sent_mails, subjects, token_of

VERIFY = "Confirm your e-mail address"


def registered(email: str = "dora@example.com", language: str = "en") -> User | None:
    user_register(
        email=email, password=PASSWORD, name="", counted_as="192.0.2.1", language=language
    )
    return User.objects.filter(email=email).first()


def signs_in(email: str = "dora@example.com", password: str = PASSWORD) -> None:
    session_open(email=email, password=password, device="d", address="192.0.2.1")


def test_the_link_after_registration_verifies_the_address_once(db: None) -> None:
    registered()
    (letter,) = sent_mails()
    token = token_of(letter, "verify-email")
    verification.email_verify(token=token)
    assert User.objects.get().email_verified_at is not None
    with pytest.raises(LinkInvalid):
        verification.email_verify(token=token)


def test_a_taken_address_is_told_in_its_owners_language(alice_user: User) -> None:
    User.objects.update(language="ar")
    registered("alice@example.com")
    assert subjects() == [("alice@example.com", "لديك حساب بالفعل")]


def test_a_person_registers_in_their_language(db: None) -> None:
    registered(language="ar")
    assert subjects() == [("dora@example.com", "أكّد عنوان بريدك الإلكتروني")]


def test_a_closed_account_is_told_nothing(alice_user: User) -> None:
    User.objects.update(is_active=False)
    registered("alice@example.com")
    assert subjects() == []
    assert Mail.objects.count() == 0


def test_nobody_is_flooded(alice_user: User) -> None:
    for _ in range(8):
        registered("alice@example.com")
    assert len(subjects()) == 5
    with pytest.raises(RateLimited):
        verification.verification_send(user=alice_user)


def test_the_link_is_sent_again_until_the_address_is_verified(alice_user: User) -> None:
    verification.verification_send(user=alice_user)
    verification.verification_send(user=alice_user)
    first, second = sent_mails()
    verification.email_verify(token=token_of(second, "verify-email"))
    alice_user.refresh_from_db()
    verification.verification_send(user=alice_user)
    assert subjects() == []
    # The older mail is still of use to nobody but its reader, and changes nothing.
    verified_at = alice_user.email_verified_at
    verification.email_verify(token=token_of(first, "verify-email"))
    alice_user.refresh_from_db()
    assert alice_user.email_verified_at == verified_at


@pytest.fixture
def verification_is_required(settings: Settings) -> None:
    settings.EMAIL_VERIFICATION = "required"


@pytest.mark.usefixtures("verification_is_required")
def test_where_it_is_required_nobody_comes_in_unverified(db: None) -> None:
    registered()
    sent_mails()
    with pytest.raises(EmailUnverified):
        signs_in()
    assert Session.objects.count() == 0
    (letter,) = sent_mails()
    verification.email_verify(token=token_of(letter, "verify-email"))
    signs_in()
    assert Session.objects.count() == 1


@pytest.mark.usefixtures("verification_is_required")
def test_a_wrong_password_is_told_nothing_of_it(db: None) -> None:
    registered()
    with pytest.raises(InvalidCredentials):
        signs_in(password="a wrong password")


@pytest.mark.usefixtures("verification_is_required")
def test_an_account_of_before_is_not_locked_out(alice_user: User) -> None:
    assert alice_user.email_verified_at is None
    signs_in("alice@example.com")


def test_where_it_is_optional_people_come_in_first(db: None) -> None:
    registered()
    signs_in()


def test_an_address_changed_meanwhile_is_not_verified(alice_user: User) -> None:
    verification.verification_send(user=alice_user)
    (letter,) = sent_mails()
    User.objects.update(email="other@example.com")
    with pytest.raises(LinkInvalid):
        verification.email_verify(token=token_of(letter, "verify-email"))
    assert User.objects.get().email_verified_at is None


def test_no_token_is_ever_in_the_outbox(
    db: None, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    registered()
    (letter,) = sent_mails()
    row = str(Mail.objects.values().get())
    assert token_of(letter, "verify-email").partition("~")[0] not in row
    assert Mail.objects.get().context == ""
