"""Who must have a second factor, and what a sign-in without one is good for."""

from typing import Final

from django.conf import settings

from accounts.models import User

WITH_TWO: Final = "mfa"
"""The word of RFC 8176 in a session's methods that says: by more than one kind of proof."""


def factor_required_of(user: User) -> bool:
    """Whether ``settings.REQUIRE_SECOND_FACTOR`` asks ``user`` for a second factor."""
    is_of_staff = user.is_staff and settings.REQUIRE_SECOND_FACTOR == "staff"
    return factor_required_of_all() or is_of_staff


def factor_required_of_all() -> bool:
    """Whether images, too, are for nobody without a second factor, not only the staff's rights."""
    return str(settings.REQUIRE_SECOND_FACTOR) == "everybody"


def is_held_back(user: User, methods: str) -> bool:
    """Whether a session that ``methods`` began lacks what the policy asks of ``user``."""
    return factor_required_of(user) and WITH_TWO not in methods.split()


def methods_joined(methods: str, *proved: str) -> str:
    """``methods`` and what was ``proved`` since; with ``mfa`` once there are two kinds.

    >>> methods_joined("pwd", "otp"), methods_joined("pwd", "pwd"), methods_joined("hwk mfa", "pwd")
    ('pwd otp mfa', 'pwd', 'hwk mfa pwd')
    """
    words = list(dict.fromkeys([*methods.split(), *proved]))
    kinds = {KINDS.get(word, word) for word in words} - {WITH_TWO}
    if len(kinds) > 1 and WITH_TWO not in words:
        words.append(WITH_TWO)
    return " ".join(words)


def methods_without_factor(methods: str) -> str:
    """What is left of ``methods`` to somebody who holds nothing any more.

    >>> methods_without_factor("pwd otp mfa"), methods_without_factor("hwk mfa")
    ('pwd', '')
    """
    return " ".join(word for word in methods.split() if KINDS.get(word) == "known")


KINDS: Final = {"pwd": "known", "fed": "known", "otp": "held", "rcv": "held", "hwk": "held"} | {
    "swk": "held",
    "dev": "held",
}
"""What a proof shows. Of these words ``fed`` (another provider), ``rcv`` (a recovery code) and
``dev`` (a remembered device) are ours, not RFC 8176's."""
