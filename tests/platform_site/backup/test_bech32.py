import pytest

from platform_site.backup import bech32
from platform_site.backup.errors import WrongKey


def test_a_vector_of_the_specification() -> None:
    """BIP 173: an empty one, and one of 51 bytes and a bit."""
    assert bech32.encode("a", b"") == "a12uel5l"
    assert bech32.decode("a", "a12uel5l") == b""


def test_what_is_written_is_read() -> None:
    raw = bytes(range(32))
    assert bech32.decode("age", bech32.encode("age", raw)) == raw


def test_a_typing_error_is_found() -> None:
    text = bech32.encode("age", bytes(32))
    wrong = text[:-1] + ("q" if text[-1] != "q" else "p")
    for other in (wrong, text[:-2], text.replace("age1", "ago1"), "age1b", ""):
        with pytest.raises(WrongKey):
            bech32.decode("age", other)
