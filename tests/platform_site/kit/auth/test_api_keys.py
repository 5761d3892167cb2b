import re
from pathlib import Path
from typing import Any

import pytest

from platform_site.kit.auth.api_keys import (
    ALPHABET,
    PATTERN,
    RANDOM_LENGTH,
    api_key_new,
    checksum,
    is_allowed_from,
    is_api_key,
)


def test_a_new_key_has_the_form_and_no_two_are_the_same() -> None:
    keys = {api_key_new() for _ in range(200)}
    assert len(keys) == 200
    assert all(PATTERN.fullmatch(key) and is_api_key(key) for key in keys)
    assert len(ALPHABET) ** RANDOM_LENGTH >= 2**160


def test_any_other_character_is_found_without_asking_anybody() -> None:
    key = api_key_new()
    for place in range(len("ip_live_"), len(key)):
        other = "a" if key[place] != "a" else "b"
        assert not is_api_key(key[:place] + other + key[place + 1 :])


@pytest.mark.parametrize(
    "text", ["", "ip_live_", "ip_test_" + "0" * 36, "ip_live_" + "0" * 35 + "٣", "eyJ.x.y"]
)
def test_what_has_another_form_is_no_key(text: str) -> None:
    assert not is_api_key(text)
    assert not is_api_key(f"{api_key_new()}{text}\n")


def test_the_checksum_is_that_of_others() -> None:
    """Worked out by hand of ``zlib.crc32``: scanners of leaks must come to the same."""
    assert (checksum(""), checksum("123456789")) == ("000000", "3jZRME")


@pytest.mark.parametrize(
    ("address", "networks", "allowed"),
    [
        ("192.0.2.7", ["192.0.2.0/24"], True),
        ("::ffff:192.0.2.7", ["192.0.2.7/32"], True),
        ("192.0.3.7", ["192.0.2.0/24", "2001:db8::/32"], False),
        ("2001:db8::1", ["192.0.2.0/24", "2001:db8::/32"], True),
        ("fe80::1%eth0", ["fe80::/10"], True),
        ("", ["0.0.0.0/0"], False),
        ("a unix socket", [], True),
    ],
)
def test_a_key_comes_from_its_networks(address: str, networks: list[str], *, allowed: bool) -> None:
    assert is_allowed_from(address, networks) is allowed


def test_the_check_in_the_documentation_is_ours() -> None:
    documented: dict[str, Any] = {}
    page = Path("docs/api.md").read_text(encoding="utf-8")
    exec(re.findall(r"```python\n(.*?)```", page, re.DOTALL)[0], documented)  # noqa: S102 - ours
    key = api_key_new()
    other = key[:-1] + ("a" if key[-1] != "a" else "b")
    assert [documented["is_api_key"](text) for text in (key, other, "")] == [True, False, False]
