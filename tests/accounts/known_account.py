"""What must be alive of one account, written down beside the platform by rules of its own.

`tests/accounts/services/test_lifetimes.py` does something to an account, tells it to a
`KnownAccount`, and asks both what still lives. Times are seconds since 1970.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, TypeVar
from unittest.mock import patch
from uuid import UUID

import pyotp
from django.db import transaction

from accounts.errors import (
    ChallengeInvalid,
    FactorIncorrect,
    InvalidCredentials,
    LinkInvalid,
    PasswordIncorrect,
)
from accounts.services.sessions import TokenPair
from tests.accounts.authenticators import SecurityKey

STEP_S: Final = 30
GRACE_S: Final = 10
UNUSED_S: Final = 14 * 86_400
LONGEST_S: Final = 90 * 86_400
FRESH_S: Final = 300
CHALLENGE_S: Final = 300
DEVICE_S: Final = 30 * 86_400
LINKS_S: Final = {"email_verify": 259_200, "password_reset": 3600, "email_change": 86_400}

Item = TypeVar("Item")
REFUSALS: Final = (
    ChallengeInvalid,
    FactorIncorrect,
    InvalidCredentials,
    LinkInvalid,
    PasswordIncorrect,
)
State = tuple[str, int]
"""Password, and how often everybody was signed out."""


@dataclass
class Clock:
    """Stands still but where somebody sets it on; it begins with the next step of an authenticator.

    So what was made before has begun, as the keys of this run that sign.
    """

    now: float = field(default_factory=lambda: (time.time() // STEP_S + 1) * STEP_S)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let the platform look at this clock."""
        with (
            patch("django.utils.timezone.now", lambda: datetime.fromtimestamp(self.now, UTC)),
            patch("time.time", lambda: self.now),
        ):
            yield


@dataclass
class KnownSession:
    """A session with its refresh tokens, the newest last."""

    pair: TokenPair
    refreshes: list[str]
    known: bool
    held: bool
    two: bool
    began_at: float
    proved_at: float
    rotated_at: float = 0.0
    ended_at: float = 0.0
    """0 = nobody has ended it."""

    def lives(self, now: float) -> bool:
        """Whether it may be refreshed."""
        used_at = self.rotated_at or self.began_at
        until = min(used_at + UNUSED_S, self.began_at + LONGEST_S)
        return not self.ended_at and now < until

    def is_fresh(self, now: float) -> bool:
        """Whether dangerous acts need no other proof."""
        return self.proved_at >= now - FRESH_S


@dataclass
class KnownChallenge:
    """A second step that was begun."""

    text: str
    state: State
    until: float
    spent: bool = False


@dataclass
class KnownDevice:
    """A browser that was remembered."""

    token: str
    state: State
    until: float
    gone: bool = False


@dataclass
class KnownLink:
    """A link in a mail; ``change`` and ``side`` are of a change of address."""

    purpose: str
    token: str
    email: str
    password: str
    until: float
    change: str = ""
    side: str = ""
    used: bool = False


@dataclass
class KnownKey:
    """A passkey and where it is kept."""

    key: SecurityKey
    id: UUID
    kept: bool = True


@dataclass
class KnownChange:
    """The address that was asked for, and who agrees."""

    id: str
    email: str
    sides: set[str]


@dataclass
class KnownAccount:
    """All that was ever given out for an account, alive or dead."""

    policy: str
    email: str
    password: str
    clock: Clock
    epoch: int = 0
    active: bool = True
    verified: bool = False
    sessions: list[KnownSession] = field(default_factory=list)
    challenges: list[KnownChallenge] = field(default_factory=list)
    devices: list[KnownDevice] = field(default_factory=list)
    links: list[KnownLink] = field(default_factory=list)
    keys: list[KnownKey] = field(default_factory=list)
    app: pyotp.TOTP | None = None
    last_step: int = 0
    codes: dict[str, bool] = field(default_factory=dict)
    """Every recovery code there ever was, and whether it is good."""
    has_codes: bool = False
    """Whether there are any, used up or not."""
    change: KnownChange | None = None

    @property
    def state(self) -> State:
        """What a challenge and a remembered browser are bound to."""
        return self.password, self.epoch

    def methods(self) -> set[str]:
        """By what a second step may be taken."""
        held = {"otp"} if self.app else set[str]()
        if any(known.kept for known in self.keys):
            held.add("passkey")
        return held | {"recovery"} if held and any(self.codes.values()) else held

    def challenge_lives(self, one: KnownChallenge) -> bool:
        """Whether the step may be taken."""
        return not one.spent and one.state == self.state and self.clock.now < one.until

    def device_lives(self, one: KnownDevice) -> bool:
        """Whether no second factor is asked for there."""
        return not one.gone and one.state == self.state and self.clock.now < one.until

    def link_lives(self, one: KnownLink) -> bool:
        """Whether the link is what it was, whatever has become of a change of address."""
        bound = one.email == self.email
        if one.purpose != "email_verify":
            bound = bound and one.password == self.password
        return bound and not one.used and self.active and self.clock.now < one.until

    def step_fits(self, step: int) -> bool:
        """Whether the code that the app shows in ``step`` may be used."""
        around = abs(step - int(self.clock.now) // STEP_S) <= 1
        return self.app is not None and around and step > self.last_step

    def sign_in(self, pair: TokenPair, *, known: bool, held: bool) -> None:
        """There is a session by a ``known`` password, or by a key that is ``held``, or both."""
        now = self.clock.now
        two = held  # a passkey alone has verified the person
        self.sessions.append(KnownSession(pair, [pair.refresh], known, held, two, now, now))

    def prove(self, session: KnownSession, *, held: bool) -> None:
        """The person has proved once more who they are."""
        session.known, session.held = session.known or not held, session.held or held
        session.two = session.two or (session.known and session.held)

    def end(self, sessions: Sequence[KnownSession]) -> None:
        """``sessions`` are over for good."""
        for one in sessions:
            one.ended_at = one.ended_at or self.clock.now

    def add_factor(self, session: KnownSession, codes: Sequence[str]) -> None:
        """A factor was added by ``session``; with the first one there are ``codes``."""
        self.prove(session, held=True)
        assert len(codes) == (0 if self.has_codes else 10)
        if codes:
            self.renew(codes)

    def renew(self, codes: Sequence[str]) -> None:
        """The former recovery codes are worth nothing."""
        self.codes = {**dict.fromkeys(self.codes, False), **dict.fromkeys(codes, True)}
        self.has_codes = bool(codes)

    def lose_factor(self, session: KnownSession | None) -> None:
        """A factor was removed by ``session``, or all of them by the staff."""
        self.epoch += 1
        for device in self.devices:
            device.gone = True
        last = not self.methods()
        if last:
            self.renew([])
        here = session and not (last and self.policy != "none")
        self.end([one for one in self.sessions if not (here and one is session)])
        if last and session:
            session.held = session.two = False

    def use(self, link: KnownLink, *, password: str) -> None:
        """``link`` was followed, that of a reset with a new ``password``."""
        if link.purpose == "email_change":
            assert self.change
            self.change.sides.add(link.side)
            if self.change.sides == {"old", "new"}:
                self.email, self.verified, self.change = self.change.email, True, None
            return
        self.verified = True
        if link.purpose == "password_reset":
            self.password = password
            self.epoch += 1
            self.end(self.sessions)


@contextmanager
def undone() -> Iterator[None]:
    """What is written within is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def picked(several: Sequence[Item], pick: int) -> Item | None:
    """One of ``several``, the newest for 0; ``None`` when there is none."""
    return several[-1 - pick % len(several)] if several else None


def happens(act: Callable[[], Item], *, expected: bool) -> Item | None:
    """Do it; refused it must be when it was not ``expected``, and only then."""
    try:
        done = act()
    except REFUSALS:
        assert not expected
        return None
    assert expected
    return done


def succeeds(act: Callable[[], object]) -> bool:
    """Do what returns nothing."""
    act()
    return True
