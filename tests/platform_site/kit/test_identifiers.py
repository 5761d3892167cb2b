import re
import time
from uuid import UUID

from platform_site.kit.identifiers import random_token, uuid7


def test_identifiers_are_of_version_7_and_in_order() -> None:
    made = [uuid7() for _ in range(2000)]
    assert {type(item) for item in made} == {UUID}
    assert {(item.version, item.variant) for item in made} == {(7, "specified in RFC 4122")}
    assert made == sorted(made)
    assert len(set(made)) == 2000


def test_an_identifier_begins_with_its_time() -> None:
    before_ms = int(time.time() * 1000)
    found_ms = uuid7().int >> 80
    assert before_ms <= found_ms <= int(time.time() * 1000) + 1


def test_tokens_are_random_and_safe_in_a_url() -> None:
    made = {random_token() for _ in range(100)}
    assert len(made) == 100
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", token) for token in made)
    assert len(random_token(24)) == 32
