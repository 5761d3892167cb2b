"""What must be dead is dead, and what must live lives, whatever was done before and in any order.

Hypothesis does things to one account through the services and tells them to a `KnownAccount`.
After each, everything that was ever given out is asked whether it still opens anything.
"""

from functools import partial
from typing import Final

import pytest
from django import conf
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test
from pytest_django import Settings

from accounts import rate_limits, selectors
from accounts.errors import FactorNotFound
from accounts.factor_policy import WITH_TWO, is_held_back
from accounts.models import EmailChange, Session, User
from accounts.services import (
    email_change,
    factors,
    links,
    passkeys,
    password_reset,
    recovery_codes,
    refreshes,
    remembered_devices,
    second_step,
    sessions,
    users,
    verification,
)
from platform_site.kit.auth.revocations import session_is_revoked
from platform_site.kit.auth.tokens import TokenRevoked
from tests.accounts.account_machine import PICK, SignInMachine
from tests.accounts.authenticators import ORIGIN
from tests.accounts.known_account import (
    LINKS_S,
    STEP_S,
    Clock,
    KnownAccount,
    KnownChange,
    KnownLink,
    happens,
    picked,
    succeeds,
    undone,
)

ACCESS_S: Final = 600
WAITS_S: Final = (7, 7, STEP_S, STEP_S, STEP_S, 301, 3600, 86_400, 30 * 86_400)


class AccountMachine(SignInMachine):
    """What removes factors and ends sessions, and links; and what is asked after each step."""

    @initialize(
        policy=st.sampled_from(("none", "staff")),
        with_app=st.booleans(),
        with_key=st.booleans(),
        remember=st.booleans(),
    )
    def begin(self, *, policy: str, with_app: bool, with_key: bool, remember: bool) -> None:
        """An account of the staff, signed in twice, once in a browser that may be remembered."""
        conf.settings.REQUIRE_SECOND_FACTOR = policy
        self.open.enter_context(undone())
        clock = Clock()
        self.open.enter_context(clock.held())
        self.user = User.objects.create_user("a0@example.com", "word", is_staff=True)
        self.known = KnownAccount(policy, self.user.email, "word", clock)
        self.sign_in(right=True, pick=0)
        for add, wanted in ((self.add_app, with_app), (self.add_key, with_key)):
            if wanted:
                add(pick=0)
        self.take_second_step(pick=0, anew=True, kind="rcv", which=0, remember=remember)

    @rule(pick=PICK, which=PICK, app=st.booleans())
    def remove_factor(self, *, pick: int, which: int, app: bool) -> None:
        """The app or a passkey, which may be gone already."""
        known, (one, row) = self.known, self.signed_in(pick, fresh=True)
        kept = picked(known.keys, which)
        if not (app or kept):
            return
        try:
            if app:
                factors.otp_remove(session=row)
            elif kept:
                passkeys.passkey_remove(session=row, passkey_id=kept.id)
        except FactorNotFound:
            assert not (known.app if app else kept and kept.kept)
            return
        if app:
            assert known.app
            known.app = None
        elif kept:
            assert kept.kept
            kept.kept = False
        known.lose_factor(one)
        if one.lives(known.clock.now):
            self.prove_again(pick=pick, code=False, right=True)

    @rule(pick=PICK)
    def renew_recovery_codes(self, *, pick: int) -> None:
        """All of them; there are none without a factor."""
        known, (_one, row) = self.known, self.signed_in(pick, fresh=True)
        try:
            known.renew(recovery_codes.recovery_codes_renew(user=row.user))
        except FactorNotFound:
            assert not known.methods()
        else:
            assert known.methods()

    @rule(pick=PICK)
    def forget_device(self, *, pick: int) -> None:
        """Ask there for the second factor again."""
        rows = selectors.remembered_devices(user=User.objects.get(id=self.user.id))
        if row := picked(rows[::-1], pick):
            living = [one for one in self.known.devices if self.known.device_lives(one)]
            remembered_devices.device_forget(device_id=row.id, user_id=self.user.id)
            living[-1 - pick % len(living)].gone = True

    @rule(pick=PICK)
    def end_session(self, *, pick: int) -> None:
        """One of them."""
        one, row = self.signed_in(pick)
        sessions.session_close(session_id=row.id, user_id=self.user.id)
        self.known.end([one])

    @rule(how=st.sampled_from(("ended", "disabled", "reset")))
    def end_everything(self, *, how: str) -> None:
        """Sign out everywhere; or have the account disabled for a while, or its factors reset."""
        known = self.known
        if how == "reset":
            factors.factors_reset(user_id=self.user.id, by=self.user.id)
            known.app = None
            for kept in known.keys:
                kept.kept = False
            known.lose_factor(None)
            return
        known.epoch += 1
        known.end(known.sessions)
        if how == "ended":
            sessions.sessions_close_all(user_id=self.user.id)
            return
        users.account_disable(user_id=self.user.id)
        known.active = False
        self.sign_in(right=True, pick=0)
        self.sign_in_with_key(which=0, replay=False)
        self.take_second_step(pick=0, anew=False, kind="otp", which=0, remember=False)
        self.use_link(pick=0)
        User.objects.filter(id=self.user.id).update(is_active=True)
        known.active = True

    @rule(pick=PICK)
    def change_password(self, *, pick: int) -> None:
        """To one that there never was; the other sessions end."""
        known, (one, row) = self.known, self.signed_in(pick)
        new = f"{known.password}."
        users.password_change(session=row, current=known.password, new=new)
        known.password = new
        known.end([other for other in known.sessions if other is not one])

    @rule(purpose=st.sampled_from(("email_verify", "password_reset")))
    def issue_link(self, *, purpose: str) -> None:
        """As the mail would have it."""
        token = links.link_issue(purpose, user_id=self.user.id)
        self._issued(purpose, token)

    @rule(pick=PICK)
    def change_address(self, *, pick: int) -> None:
        """Ask for another address; an old one that was verified is asked, too."""
        known, (_one, row) = self.known, self.signed_in(pick, fresh=True)
        email = f"a{len(known.links) + 1}@example.com"
        email_change.email_change_begin(session=row, email=email)
        change = str(EmailChange.objects.get(user=row.user).id)
        known.change = KnownChange(change, email, set() if known.verified else {"old"})
        for side in ("old", "new"):
            data = {"change": change, "side": side}
            token = links.link_issue("email_change", user_id=self.user.id, data=data)
            self._issued("email_change", token, change=change, side=side)

    @rule(pick=PICK)
    def use_link(self, *, pick: int) -> None:
        """Any that ever was in a mail."""
        known, link = self.known, picked(self.known.links, pick)
        if link is None:
            return
        new, lives = f"{known.password}!", known.link_lives(link)
        if link.purpose == "email_change":
            lives = lives and known.change is not None and known.change.id == link.change
            confirm = email_change.email_change_confirm
        ways = {
            "email_verify": lambda: verification.email_verify(token=link.token),
            "password_reset": lambda: password_reset.reset_confirm(token=link.token, password=new),
            "email_change": lambda: confirm(token=link.token),
        }
        if not happens(lambda: succeeds(ways[link.purpose]), expected=lives):
            return
        link.used = True
        known.use(link, password=new)

    @rule(seconds=st.sampled_from(WAITS_S))
    def wait(self, *, seconds: int) -> None:
        """Let time go by."""
        self.known.clock.now += seconds

    def _issued(self, purpose: str, token: str, *, change: str = "", side: str = "") -> None:
        known = self.known
        until = known.clock.now + LINKS_S[purpose]
        issued = KnownLink(purpose, token, known.email, known.password, until, change, side)
        known.links.append(issued)

    # What is asked after each step.

    @invariant()
    def a_session_lives_until_it_has_ended(self) -> None:
        """In the database for refreshes, at the deny list for its access tokens."""
        known = self.known
        rows = Session.objects.live().in_bulk()
        assert set(rows) == {
            one.pair.session_id for one in known.sessions if one.lives(known.clock.now)
        }
        for one in known.sessions:
            if row := rows.get(one.pair.session_id):
                assert (WITH_TWO in row.methods.split()) == one.two
                assert not session_is_revoked(row.id)
                continue
            if one.ended_at and known.clock.now < one.ended_at + ACCESS_S:
                assert session_is_revoked(one.pair.session_id)
            with pytest.raises(TokenRevoked):
                refreshes.session_of_refresh_token(raw=one.refreshes[-1])

    @invariant()
    def nobody_has_rights_by_a_factor_that_is_gone(self) -> None:
        """Where the policy asks for one."""
        user = User.objects.get(id=self.user.id)
        if not selectors.factor_methods(user=user):
            rows = Session.objects.live()
            assert all(
                is_held_back(user, row.methods) for row in rows if self.known.policy != "none"
            )

    @invariant()
    def the_account_has_the_factors_that_it_was_given(self) -> None:
        """And no recovery code beside."""
        known = self.known
        assert set(selectors.factor_methods(user=self.user)) == known.methods()
        left = selectors.recovery_codes_left(user_id=self.user.id)
        assert left == sum(known.codes.values())

    @invariant()
    def a_challenge_a_device_and_a_link_live_until_they_are_used_or_void(self) -> None:
        """Each by the question that changes nothing."""
        known, user = self.known, User.objects.get(id=self.user.id)
        for one in known.challenges[-4:]:
            asked = partial(second_step.second_step_options, challenge=one.text, origin=ORIGIN)
            happens(asked, expected=known.challenge_lives(one))
        for device in known.devices[-4:]:
            found = remembered_devices.device_is_remembered(user=user, token=device.token)
            assert found == known.device_lives(device)
        for link in known.links[-4:]:
            read = partial(links.link_read, link.purpose, link.token)
            happens(read, expected=known.link_lives(link))


@pytest.fixture
def quick(settings: Settings) -> None:
    """Limits and slow hashes have tests of their own."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.AUTH_PASSWORD_VALIDATORS = []
    settings.REQUIRE_SECOND_FACTOR = "none"
    policies = [
        value for value in vars(rate_limits).values() if isinstance(value, rate_limits.Policy)
    ]
    settings.ACCOUNT_RATE_LIMITS = {one.scope: (10**6, one.window_s) for one in policies}


@pytest.mark.django_db
def test_what_is_dead_is_dead_and_what_lives_lives(quick: None) -> None:
    run_state_machine_as_test(
        AccountMachine,
        settings=settings(
            # Fewer where they run once more, for the statements alone (`test_on_sqlite`).
            max_examples=15 if connection.vendor == "postgresql" else 3,
            stateful_step_count=30,
            derandomize=True,
            # Without making a failure smaller, which takes minutes.
            phases=[Phase.generate],
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
