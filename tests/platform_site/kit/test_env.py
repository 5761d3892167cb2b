import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from platform_site.kit import env

STRONG = "k3J9-vQ2x_Zp7Lw0aTr5BnYc8Ed1Hf6M"
ABOUT = "What it does, in seconds."


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NAME", "NAME_FILE"):
        monkeypatch.delenv(name, raising=False)


def test_text_is_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAME", "value")
    assert env.text("NAME", about=ABOUT) == "value"


def test_an_absent_variable_gives_the_default() -> None:
    assert env.text("NAME", "other", about=ABOUT) == "other"
    assert env.integer("NAME", 3, about=ABOUT) == 3
    assert env.number("NAME", 0.5, about=ABOUT) == 0.5
    assert env.boolean("NAME", default=True, about=ABOUT) is True
    assert env.words("NAME", "a, b", about=ABOUT) == ["a", "b"]
    assert env.json_value("NAME", "[1]", about=ABOUT) == [1]


def test_a_missing_variable_is_named() -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^NAME is not set \(nor is NAME_FILE\)\.$"):
        env.text("NAME", about=ABOUT)


def test_a_file_gives_the_value_without_its_newline(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "name").write_bytes(b" value \r\n")
    monkeypatch.setenv("NAME_FILE", str(tmp_path / "name"))
    assert env.text("NAME", about=ABOUT) == " value "


def test_the_variable_wins_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NAME", "from the variable")
    monkeypatch.setenv("NAME_FILE", str(tmp_path / "absent"))
    assert env.text("NAME", about=ABOUT) == "from the variable"


def test_a_file_is_not_put_into_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "name").write_text(STRONG)
    monkeypatch.setenv("NAME_FILE", str(tmp_path / "name"))
    assert env.secret("NAME", about=ABOUT) == STRONG
    assert STRONG not in os.environ.values()


def test_an_unreadable_file_is_named_even_when_there_is_a_default(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NAME_FILE", str(tmp_path / "absent"))
    with pytest.raises(ImproperlyConfigured, match="NAME_FILE cannot be read: No such file"):
        env.text("NAME", "default", about=ABOUT)


def test_a_binary_file_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "name").write_bytes(b"\xff\xfe\x00")
    monkeypatch.setenv("NAME_FILE", str(tmp_path / "name"))
    with pytest.raises(ImproperlyConfigured, match="NAME_FILE is not text in UTF-8"):
        env.text("NAME", about=ABOUT)


def test_numbers_and_lists_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAME", "-12")
    assert env.integer("NAME", about=ABOUT) == -12
    assert env.number("NAME", about=ABOUT) == -12.0
    monkeypatch.setenv("NAME", " a ,, b,")
    assert env.words("NAME", about=ABOUT) == ["a", "b"]


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        *(("1", True), ("TRUE", True), ("Yes", True), ("on", True)),
        *(("0", False), ("False", False), ("no", False), ("OFF", False)),
    ],
)
def test_booleans_are_read_in_any_case(
    monkeypatch: pytest.MonkeyPatch, raw: str, *, value: bool
) -> None:
    monkeypatch.setenv("NAME", raw)
    assert env.boolean("NAME", default=not value, about=ABOUT) is value


def test_a_value_of_the_wrong_form_is_named_and_never_repeated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NAME", STRONG)
    readers: list[tuple[Callable[[], object], str]] = [
        (lambda: env.integer("NAME", 1, about=ABOUT), "NAME must be a whole number."),
        (lambda: env.number("NAME", 1.0, about=ABOUT), "NAME must be a number."),
        (lambda: env.boolean("NAME", default=True, about=ABOUT), "NAME must be true or false."),
        (
            lambda: env.json_value("NAME", about=ABOUT),
            "NAME is not valid JSON: Expecting value at 0.",
        ),
    ]
    for read, message in readers:
        with pytest.raises(ImproperlyConfigured) as failure:
            read()
        assert str(failure.value) == message
        shown = failure.value.__cause__ or failure.value
        assert STRONG not in str(shown)
        assert failure.value.__suppress_context__ or STRONG not in str(failure.value.__context__)


def test_a_strong_secret_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAME", STRONG)
    assert env.secret("NAME", about=ABOUT) == STRONG


def test_a_secret_has_no_default() -> None:
    with pytest.raises(ImproperlyConfigured, match="NAME is not set"):
        env.secret("NAME", about=ABOUT)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("", "empty"),
        (STRONG[:31], "too short for a secret: 31 characters, at least 32"),
        ("django-insecure-" + STRONG, "a default or guessable value"),
        ("changeme" * 4, "a default or guessable value"),
        ("PASSWORD" * 5, "a default or guessable value"),
        ("a" * 40, "a default or guessable value"),
        ("0123456" * 6, "a default or guessable value"),
    ],
)
def test_a_weak_secret_is_refused_by_name_and_never_repeated(
    monkeypatch: pytest.MonkeyPatch, value: str, why: str
) -> None:
    monkeypatch.setenv("NAME", value)
    with pytest.raises(ImproperlyConfigured, match=f"^NAME is {why}") as failure:
        env.secret("NAME", about=ABOUT)
    assert not value or value not in str(failure.value)


@pytest.mark.parametrize(
    "value",
    [
        "redis://127.0.0.1:6379/0",
        "redis://:a-word-of-the-cache@127.0.0.1/0",
        "unix:///run/redis.sock",
        "postgresql:///platform?host=/run/postgresql",
        "inprocess:platform_site.urls.auth",
    ],
)
def test_an_address_of_a_server_is_taken_as_it_is(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("NAME", value)
    assert env.server_url("NAME", about=ABOUT) == value


def test_an_address_has_one_of_the_schemes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAME", "redis://127.0.0.1/0")
    assert env.server_url("NAME", "rediss", "redis", about=ABOUT)
    with pytest.raises(ImproperlyConfigured, match=r"^NAME must be a URL \(http, https\)\.$"):
        env.server_url("NAME", "http", "https", about=ABOUT)


def test_secrets_by_id_are_each_strong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAME", f'{{"a": "{STRONG}"}}')
    assert env.secrets_by_id("NAME", about=ABOUT) == {"a": STRONG}
    monkeypatch.setenv("NAME", f'{{"a": "{STRONG}", "b": "hunter2"}}')
    with pytest.raises(ImproperlyConfigured, match=r"^NAME\['b'\] is too short") as failure:
        env.secrets_by_id("NAME", about=ABOUT)
    assert "hunter2" not in str(failure.value)


@pytest.mark.parametrize("raw", ["{}", "[]", '"text"', "null"])
def test_secrets_by_id_are_an_object_that_is_not_empty(
    monkeypatch: pytest.MonkeyPatch, raw: str
) -> None:
    monkeypatch.setenv("NAME", raw)
    with pytest.raises(ImproperlyConfigured, match=r"^NAME must be a JSON object of secrets by id"):
        env.secrets_by_id("NAME", about=ABOUT)
