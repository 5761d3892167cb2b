"""How hypothesis signs in to one account and adds factors, told to a `KnownAccount`.

What else is done to it, and what is asked after each step, is in
`tests/accounts/services/test_lifetimes.py`.
"""

from contextlib import ExitStack
from typing import Final

import pyotp
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from accounts import selectors
from accounts.errors import (
    FactorExists,
    InvalidCredentials,
    ReauthenticationRequired,
    SecondFactorRequired,
)
from accounts.models import Session, User
from accounts.services import (
    authenticators,
    factors,
    freshness,
    passkeys,
    refreshes,
    second_step,
    sign_in,
)
from platform_site.kit.auth.tokens import TokenInvalid, TokenRevoked
from tests.accounts.authenticators import ORIGIN, SecurityKey
from tests.accounts.known_account import (
    CHALLENGE_S,
    DEVICE_S,
    GRACE_S,
    STEP_S,
    KnownAccount,
    KnownChallenge,
    KnownDevice,
    KnownKey,
    KnownSession,
    happens,
    picked,
    succeeds,
)

PICK: Final = st.sampled_from((0, 0, 1, 2, 5))
"""Which of several, counted from the newest."""
DEVICE: Final = "a browser"
ADDRESS: Final = "192.0.2.1"


class SignInMachine(RuleBasedStateMachine):
    """One account, and whoever holds anything of it."""

    known: KnownAccount
    user: User

    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()
        self.answers: list[passkeys.PasskeyAnswer] = []

    def teardown(self) -> None:
        """Leave nothing in the database."""
        self.open.close()

    @rule(right=st.sampled_from((True, True, False)), pick=PICK)
    def sign_in(self, *, right: bool, pick: int) -> None:
        """With a password, from a browser that may be remembered."""
        known = self.known
        device = picked(known.devices, pick)
        is_remembered = bool(device and known.device_lives(device))
        try:
            pair = sign_in.session_open(
                email=known.email,
                password=known.password if right else "another",
                remembered=device.token if device else "",
                device=DEVICE,
                address=ADDRESS,
            )
        except InvalidCredentials:
            assert not (right and known.active)
        except SecondFactorRequired as exc:
            assert right
            assert known.active
            assert not is_remembered
            asked = exc.members["challenge"], exc.members["methods"]
            assert set(asked[1]) == known.methods() != set()
            until = known.clock.now + CHALLENGE_S
            known.challenges.append(KnownChallenge(asked[0], known.state, until))
        else:
            assert right
            assert known.active
            assert is_remembered or not known.methods()
            known.sign_in(pair, known=True, held=bool(known.methods()))

    @rule(
        pick=PICK,
        anew=st.booleans(),
        kind=st.sampled_from(("otp", "rcv", "key")),
        which=PICK,
        remember=st.booleans(),
    )
    def take_second_step(
        self, *, pick: int, anew: bool, kind: str, which: int, remember: bool
    ) -> None:
        """With anything that ever was a second factor, for any challenge that ever was given."""
        known = self.known
        if anew:
            self.sign_in(right=True, pick=5)
        challenge = picked(known.challenges, pick)
        if challenge is None:
            return
        lives = known.challenge_lives(challenge)
        proof, fits = self._proof(kind, which, challenge.text if lives else "")
        step = happens(
            lambda: second_step.second_step_complete(
                challenge=challenge.text,
                proof=proof,
                device=DEVICE,
                address=ADDRESS,
                origin=ORIGIN,
                remember=remember,
            ),
            expected=lives and fits,
        )
        if step is None:
            return
        challenge.spent = True
        if proof.recovery_code:
            known.codes[proof.recovery_code] = False
        if proof.code:
            known.last_step = self._step(which)
        known.sign_in(step.pair, known=True, held=True)
        if remember:
            until = known.clock.now + DEVICE_S
            known.devices.append(KnownDevice(step.device_token, known.state, until))

    @rule(which=PICK, replay=st.booleans())
    def sign_in_with_key(self, *, which: int, replay: bool) -> None:
        """With a passkey alone, or with an answer of one that was taken already."""
        known, kept = self.known, picked(self.known.keys, which)
        if replay and self.answers:
            answer, fits = self.answers[-1], False
        elif kept:
            asked = passkeys.passkey_options(
                "passkey.sign_in", bound_to="", origin=ORIGIN, user_id=None
            )
            used = kept.key.used({**asked.options})
            answer, fits = passkeys.PasskeyAnswer(asked.state, used), kept.kept and known.active
        else:
            return
        pair = happens(
            lambda: passkeys.passkey_sign_in(
                answer=answer, origin=ORIGIN, device=DEVICE, address=ADDRESS
            ),
            expected=fits,
        )
        if pair:
            self.answers.append(answer)
            known.sign_in(pair, known=False, held=True)

    @rule(pick=PICK, back=st.sampled_from((0, 0, 0, 1, 2)))
    def refresh(self, *, pick: int, back: int) -> None:
        """With the newest token of a session or with one that was used up."""
        known, one = self.known, picked(self.known.sessions, pick)
        if one is None:
            return
        if one.lives(known.clock.now) and len(one.refreshes) <= back:
            self.refresh(pick=pick, back=back - 1)
        if len(one.refreshes) <= back:
            return
        lives = one.lives(known.clock.now)
        repeats = back == 1 and known.clock.now - one.rotated_at <= GRACE_S
        try:
            pair = refreshes.session_refresh(raw=one.refreshes[-1 - back], address="")
        except TokenInvalid:
            assert not (lives and (back == 0 or repeats))
            if lives:
                known.end([one])
            return
        assert lives
        assert back == 0 or repeats
        if back:
            assert pair.refresh == one.refreshes[-1]
            return
        one.refreshes.append(pair.refresh)
        one.rotated_at = known.clock.now

    @rule(pick=PICK, code=st.booleans(), right=st.booleans())
    def prove_again(self, *, pick: int, code: bool, right: bool) -> None:
        """The password or a code once more."""
        known, (one, row) = self.known, self.signed_in(pick)
        password = None if code else (known.password if right else "another")
        shown = known.app.at(int(known.clock.now)) if known.app and right else "000000"
        done = happens(
            lambda: succeeds(
                lambda: freshness.reauthenticate(
                    session=row, origin=ORIGIN, password=password, code=shown if code else None
                )
            ),
            expected=right and (not code or known.step_fits(self._step(0))),
        )
        if done:
            known.prove(one, held=code)
            one.proved_at = known.clock.now
            known.last_step = self._step(0) if code else known.last_step

    @rule(pick=PICK)
    def add_app(self, *, pick: int) -> None:
        """An authenticator app; only where there is none."""
        known, (one, row) = self.known, self.signed_in(pick, fresh=True)
        try:
            begun = authenticators.authenticator_begin(user=row.user)
        except FactorExists:
            assert known.app
            return
        assert not known.app
        app, step = pyotp.TOTP(begun.secret), int(known.clock.now) // STEP_S
        codes = factors.otp_confirm(session=row, code=app.generate_otp(step))
        known.app, known.last_step = app, step
        known.add_factor(one, codes)

    @rule(pick=PICK)
    def add_key(self, *, pick: int) -> None:
        """A passkey; its answer is good once."""
        one, row = self.signed_in(pick, fresh=True)
        key = SecurityKey()
        asked = passkeys.passkey_add_options(session=row, origin=ORIGIN)
        answer = passkeys.PasskeyAnswer(asked.state, key.made({**asked.options}))
        added = passkeys.passkey_add(session=row, answer=answer, name="Key", origin=ORIGIN)
        self.known.keys.append(KnownKey(key, added.passkey.id))
        self.known.add_factor(one, added.recovery_codes)
        happens(
            lambda: passkeys.passkey_add(session=row, answer=answer, name="Key", origin=ORIGIN),
            expected=False,
        )

    def signed_in(self, pick: int, *, fresh: bool = False) -> tuple[KnownSession, Session]:
        """A session as the API would find it; another one where it has ended."""
        known, one = self.known, self.known.sessions[-1 - pick % len(self.known.sessions)]
        try:
            row = selectors.session_signed_in(session_id=one.pair.session_id, user_id=self.user.id)
        except TokenRevoked:
            assert not one.lives(known.clock.now)
            self._enter()
            return self.signed_in(0, fresh=fresh)
        assert one.lives(known.clock.now)
        if fresh and not one.is_fresh(known.clock.now):
            with pytest.raises(ReauthenticationRequired):
                freshness.fresh_require(row)
            freshness.reauthenticate(session=row, origin=ORIGIN, password=known.password)
            known.prove(one, held=False)
            one.proved_at = known.clock.now
            return self.signed_in(pick, fresh=True)
        if fresh:
            freshness.fresh_require(row)
        return one, row

    def _enter(self) -> None:
        """Sign in, with whatever second factor there is."""
        known, before = self.known, len(self.known.sessions)
        self.sign_in(right=True, pick=0)
        for kind, several in (("key", known.keys), ("rcv", known.codes), ("otp", [known.app])):
            for which in range(len(several)):
                if len(known.sessions) == before:
                    self.take_second_step(
                        pick=0, anew=False, kind=kind, which=which, remember=False
                    )

    def _proof(self, kind: str, which: int, challenge: str) -> tuple[second_step.SecondProof, bool]:
        """Something that is or was a second factor, and whether it is good."""
        known = self.known
        if kind == "otp":
            step = self._step(which)
            code = known.app.generate_otp(step) if known.app else "000000"
            return second_step.SecondProof(code=code), known.step_fits(step)
        if kind == "rcv":
            shown = picked(list(known.codes), which) or "0000-0000-0000-0000"
            return second_step.SecondProof(recovery_code=shown), known.codes.get(shown, False)
        kept = picked(known.keys, which)
        if kept is None or not challenge:
            return second_step.SecondProof(passkey=passkeys.PasskeyAnswer("", {})), False
        asked = second_step.second_step_options(challenge=challenge, origin=ORIGIN)
        answer = passkeys.PasskeyAnswer(asked.state, kept.key.used({**asked.options}))
        return second_step.SecondProof(passkey=answer), kept.kept

    def _step(self, which: int) -> int:
        """A time step of the authenticator: the present one, or another that is near."""
        return int(self.known.clock.now) // STEP_S + (0, 1, -1, 0, 0, -2)[which % 6]
