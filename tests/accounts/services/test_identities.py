from dataclasses import replace
from uuid import uuid4

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.errors import IdentityNotFound, LastWayIn
from accounts.models import Identity, Session, User
from accounts.oidc.errors import (
    IdentityTaken,
    SignOnAccountClosed,
    SignOnEmailRefused,
    SignOnLinkRequired,
    SignUpClosed,
)
from accounts.oidc.providers import provider_by_id
from accounts.oidc.sign_on import ProvedIdentity
from accounts.services import identities
from accounts.services.identities import (
    identities_unlink_all,
    identity_link,
    identity_unlink,
    identity_user,
)
from accounts.services.sessions import session_begin
from platform_site.kit.rest.problems import DomainError
from tests.accounts.callers import in_parallel
from tests.accounts.letters import sent_mails
from tests.accounts.oidc.test_providers import GOOD

pytestmark = pytest.mark.django_db
STAFF = {**GOOD, "id": "staff", "sign_up": False, "email_domains": ["example.com"]}


@pytest.fixture(autouse=True)
def two_providers(settings: Settings) -> None:
    settings.OIDC_PROVIDERS, settings.OIDC_CLIENT_SECRETS = [GOOD, STAFF], {}


def proved(provider: str = "acme", **changes: object) -> ProvedIdentity:
    alice = ProvedIdentity(provider_by_id(provider), "s-1", "alice@example.com", True, "Alice")
    return replace(alice, **changes)  # type: ignore[arg-type]


def session_of(user: User, *methods: str) -> Session:
    pair = session_begin(user=user, methods=methods, device="", address="")
    return Session.objects.get(id=pair.session_id)


def verified(user: User) -> User:
    User.objects.filter(id=user.id).update(email_verified_at=timezone.now())
    return user


@pytest.mark.parametrize(("here", "there"), [(False, False), (True, False), (False, True)])
def test_an_address_that_one_end_has_not_verified_opens_nothing(
    alice_user: User,
    here: bool,  # noqa: FBT001 - a parameter of the test
    there: bool,  # noqa: FBT001
) -> None:
    if here:
        verified(alice_user)
    with pytest.raises(SignOnLinkRequired):
        identity_user(proved=proved(email_verified=there))
    assert not Identity.objects.exists()


def test_an_address_that_both_ends_have_verified_links(alice_user: User) -> None:
    verified(alice_user)
    assert identity_user(proved=proved()) == (alice_user, "linked")
    assert identity_user(proved=proved()) == (alice_user, "signed_in")


def test_another_subject_with_the_same_address_is_another_person(alice_user: User) -> None:
    verified(alice_user)
    identity_user(proved=proved())
    with pytest.raises(SignOnLinkRequired):
        identity_user(proved=proved(subject="s-2"))
    assert Identity.objects.count() == 1


@pytest.mark.parametrize(
    ("provider", "changes", "refused"),
    [
        ("staff", {}, SignUpClosed),
        ("staff", {"email": "alice@elsewhere.example"}, SignOnEmailRefused),
        ("staff", {"email_verified": False}, SignOnEmailRefused),
        ("acme", {"email": ""}, SignOnEmailRefused),
    ],
)
def test_a_stranger_gets_no_account_where_the_settings_say_so(
    provider: str, changes: dict[str, object], refused: type[DomainError]
) -> None:
    with pytest.raises(refused):
        identity_user(proved=proved(provider, **changes))
    assert not User.objects.exists()


def test_a_new_account_is_verified_only_if_the_provider_says_so() -> None:
    user, outcome = identity_user(proved=proved(email_verified=False))
    assert (outcome, user.email_verified_at, user.has_usable_password()) == (
        "signed_up",
        None,
        False,
    )


def test_a_closed_account_is_not_linked(alice_user: User) -> None:
    verified(alice_user)
    User.objects.filter(id=alice_user.id).update(is_active=False)
    with pytest.raises(SignOnAccountClosed):
        identity_user(proved=proved())


def test_an_identity_belongs_to_one_account(alice_user: User, bob_user: User) -> None:
    identity_link(user=alice_user, proved=proved())
    identity_link(user=alice_user, proved=proved())
    with pytest.raises(IdentityTaken):
        identity_link(user=bob_user, proved=proved())
    assert Identity.objects.get().user == alice_user


@pytest.mark.parametrize("way", ["by hand", "by address"])
def test_whose_account_is_linked_is_told(alice_user: User, way: str) -> None:
    if way == "by hand":
        identity_link(user=alice_user, proved=proved())
        identity_link(user=alice_user, proved=proved())
    else:
        verified(alice_user)
        identity_user(proved=proved())
        identity_user(proved=proved())
    (letter,) = sent_mails()
    assert (letter.to, letter.subject) == (
        [alice_user.email],
        "Your account was linked to Acme",
    )


def test_who_signs_up_through_a_provider_is_told_of_no_link() -> None:
    identity_user(proved=proved())
    assert sent_mails() == []


def test_taking_a_link_away_ends_what_it_began(alice_user: User, bob_user: User) -> None:
    identity_link(user=alice_user, proved=proved())
    here, there, elsewhere = (session_of(alice_user, way) for way in ("pwd", "fed", "otp"))
    identity = Identity.objects.get()
    with pytest.raises(IdentityNotFound):
        identity_unlink(session=session_of(bob_user, "pwd"), identity_id=identity.id)
    identity_unlink(session=here, identity_id=identity.id)
    live = set(Session.objects.live().filter(user=alice_user))
    assert (live, Identity.objects.count()) == ({here, elsewhere}, 0)
    assert there not in live


def test_the_last_way_in_stays() -> None:
    user, _ = identity_user(proved=proved())
    session, identity = session_of(user, "fed"), Identity.objects.get()
    with pytest.raises(LastWayIn):
        identity_unlink(session=session, identity_id=identity.id)
    with pytest.raises(IdentityNotFound):
        identity_unlink(session=session, identity_id=uuid4())
    # One of a provider that is not set up any more opens nothing.
    Identity.objects.create(user=user, provider="gone", subject="s")
    with pytest.raises(LastWayIn):
        identity_unlink(session=session, identity_id=identity.id)
    identity_link(user=user, proved=proved("staff"))
    identity_unlink(session=session, identity_id=identity.id)


@pytest.mark.django_db(transaction=True)
def test_a_stranger_who_comes_twice_at_once_gets_one_account() -> None:
    found = in_parallel(4, lambda _number: identity_user(proved=proved())[0].id)
    assert len(set(found)) == 1
    assert (User.objects.count(), Identity.objects.count()) == (1, 1)


def test_who_signs_up_while_they_are_looked_for_comes_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    by_email = identities._by_email

    def late(one: ProvedIdentity) -> tuple[User, identities.Outcome] | None:
        monkeypatch.setattr(identities, "_by_email", by_email)
        assert identity_user(proved=one)[1] == "signed_up"  # the other return
        return by_email(one)

    monkeypatch.setattr(identities, "_by_email", late)
    assert identity_user(proved=proved())[1] == "signed_in"


def test_the_staff_take_every_link_away(alice_user: User, bob_user: User) -> None:
    identity_link(user=alice_user, proved=proved())
    identity_link(user=bob_user, proved=proved(subject="s-2"))
    session_of(alice_user, "fed")
    assert identities_unlink_all(user_id=alice_user.id, by=bob_user.id) == 1
    assert Identity.objects.get().user == bob_user
    assert not Session.objects.live().exists()
