"""Passwords that are tried first are refused, and one password has one spelling."""

import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import User
from accounts.services.sign_in import session_open
from tests.accounts.callers import PASSWORD, Caller

ALICE = User(email="alice.liddell@wonderland.example", name="Alice Pleasance Liddell")


def wide(text: str) -> str:
    """``text`` as a keyboard for Japanese may write it."""
    return "".join("\u3000" if char == " " else chr(ord(char) + 0xFEE0) for char in text)


WEAK = {
    "aaaaaaaaaaaa": "password_repetitive",
    "ababababababab": "password_repetitive",
    "abcabcabcabcabc": "password_repetitive",
    "abcdefghijkl": "password_repetitive",
    "zyxwvutsrqpo": "password_repetitive",
    "qwertzuiopasdf": "password_repetitive",
    "1qaz2wsx3edc4rfv": "password_repetitive",
    "azertyuiop12": "password_repetitive",
    "asdfghjkl;1234": "password_repetitive",
    "12345678901234": "password_repetitive",
    "ضصثقفغعهخحج١٢٣٤": "password_repetitive",
    wide("AAAABBBBCCCC"): "password_repetitive",
    "aliceliddell7": "password_personal",
    "Wonderland!77": "password_personal",
    "imageplatform1": "password_personal",
    "Alice-Liddell-1865": "password_personal",
    "sunshine2024!": "password_decorated",
    "P@ssw0rd2024": "password_decorated",
    "!!Dragon1987!!": "password_decorated",
    "m0nk3y847261": "password_decorated",
}
STRONG = [
    PASSWORD,
    "violet harbour 27 x",
    "Alice walks home by the river",
    "tr0ub4dor and three",
    "k7#vQ!m2Zp9w",
    "قهوة سوداء مع الهيل",
    "日本の古い寺と赤い橋がある",
]


@pytest.mark.parametrize("password", WEAK)
def test_what_is_tried_first_is_refused(password: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        validate_password(password, ALICE)
    assert WEAK[password] in {error.code for error in refusal.value.error_list}


@pytest.mark.parametrize("password", STRONG)
def test_words_and_chance_are_taken(password: str) -> None:
    validate_password(password, ALICE)


def test_the_reply_names_the_reason(charlie: Caller) -> None:
    form = {"email": "dora@example.com", "name": "Dora", "password": "sunshine2024!"}
    reply = charlie.post("/auth/register", form)
    assert reply.status_code == 400
    (error,) = reply.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/password", "password_decorated")


@pytest.mark.parametrize(
    ("typed", "again"),
    [
        ("caf\u00e9 noir et fort", "cafe\u0301 noir et fort"),
        ("\u212bngstr\u00f6m lengths", "A\u030angstro\u0308m lengths"),
        (wide("long wide words"), "long wide words"),
    ],
)
def test_one_password_has_one_spelling(typed: str, again: str) -> None:
    assert check_password(again, make_password(typed))
    assert check_password(typed, make_password(again))
    assert not check_password(f"{again}x", make_password(typed))


def test_a_hash_of_before_is_still_good(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = "cafe\u0301 noir et fort"
    with monkeypatch.context() as before:
        before.setattr("accounts.hashers.normalized_password", str)
        User.objects.create_user("alice@example.com", typed)
    pair = session_open(email="alice@example.com", password=typed, device="", address="")
    assert pair.access
