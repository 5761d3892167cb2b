"""Which passwords are guessed too easily, and the one spelling of each (NIST SP 800-63B-4).

What people put before and behind a word, around a keyboard or about themselves adds nothing that
an attacker does not try first; it is taken away, and what is left is looked at.
"""

import re
import unicodedata
from itertools import pairwise
from typing import Any, Final

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

LEAST_LEFT: Final = 8
"""Characters that are left when what is easily guessed is taken away."""
LEAST_DIFFERENT: Final = 5
RUN: Final = 4
"""From so many neighbours on it is a run, of which two characters count."""
WORD: Final = 4
"""From so many characters on a part of an e-mail address or a name is looked for."""
ROWS: Final = (
    "abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm",
    "qwertzuiop", "yxcvbnm", "azertyuiop", "qsdfghjklm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "!@#$%^&*()", "ابتثجحخدذرزسشصضطظعغفقكلمنهوي", "ضصثقفغعهخحجد", "شسيبلاتنمكط", "٠١٢٣٤٥٦٧٨٩٠",
)  # fmt: skip
NEIGHBOURS: Final = frozenset(
    pair for row in ROWS for line in (row, row[::-1]) for pair in pairwise(line)
)
SITE: Final = ("image", "platform", "photo", "picture", "password", "passwort")
LEET: Final = str.maketrans("@4310$57!", "aaeiossti")


def normalized_password(value: str) -> str:
    """The spelling that is hashed: what two keyboards write differently is one password.

    >>> normalized_password("ﬁsh")
    'fish'
    """
    return unicodedata.normalize("NFKC", value)


class RepetitivePasswordValidator:
    """Refuses what is made of repetitions and of runs along the alphabet or a keyboard."""

    def validate(self, password: str, user: Any = None) -> None:  # noqa: ARG002 - Django's signature
        """Raise ``ValidationError`` with the code ``password_repetitive``."""
        word = normalized_password(password).casefold()
        if len(set(word)) < LEAST_DIFFERENT or len(_unrolled(word)) < LEAST_LEFT:
            raise ValidationError(self.get_help_text(), code="password_repetitive")

    def get_help_text(self) -> str:
        """What to do instead."""
        return "Use fewer repetitions and rows of the alphabet or the keyboard."


class PersonalPasswordValidator:
    """Refuses what is little more than the person's address or name, or this site's."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ``ValidationError`` with the code ``password_personal``."""
        left = word = normalized_password(password).casefold()
        for known in sorted(_known(user), key=len, reverse=True):
            left = left.replace(known, "")
        if left != word and len(_unrolled(left)) < LEAST_LEFT:
            raise ValidationError(self.get_help_text(), code="password_personal")

    def get_help_text(self) -> str:
        """What to do instead."""
        return (
            "Your address, your name and the name of this site are tried first: add more to them."
        )


class DecoratedPasswordValidator:
    """Refuses a common password with digits and signs around it, or in place of its letters."""

    def __init__(self) -> None:
        self._common = CommonPasswordValidator()

    def validate(self, password: str, user: Any = None) -> None:  # noqa: ARG002 - Django's signature
        """Raise ``ValidationError`` with the code ``password_decorated``."""
        word = normalized_password(password).casefold()
        cores = {re.sub(r"^[\W\d_]+|[\W\d_]+$", "", form) for form in (word, word.translate(LEET))}
        cores |= {re.sub(r"^[\W\d_]+|[\W\d_]+$", "", word).translate(LEET)}
        if any(len(core) >= WORD and core in self._common.passwords for core in cores):
            raise ValidationError(self.get_help_text(), code="password_decorated")

    def get_help_text(self) -> str:
        """What to do instead."""
        return "A common password with digits or signs around it is tried first: use several words."


def _known(user: Any) -> set[str]:
    """The words that are known of the person and the site."""
    about = f"{getattr(user, 'email', '')} {getattr(user, 'name', '')}"
    words = re.split(r"[\W_\d]+", normalized_password(about).casefold())
    return {word for word in words if len(word) >= WORD} | set(SITE)


def _unrolled(word: str) -> str:
    """``word`` with each run, repetition of a character and repetition of itself taken short."""
    repeated = re.fullmatch(r"(.+?)\1+", word, re.DOTALL)
    word = repeated[1] if repeated else word
    # The zero ends the last run, so that it is counted like every other.
    kept, run = "", ""
    for char in f"{word}\0":
        if run and (char == run[-1] or (run[-1], char) in NEIGHBOURS):
            run += char
            continue
        kept += run if len(run) < RUN else run[:2]
        run = char
    return kept
