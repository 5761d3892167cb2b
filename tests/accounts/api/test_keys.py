import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.signing_keys import current_keyset
from tests.accounts.callers import Caller
from tests.accounts.test_signing_keys import entry

PATH = "/.well-known/jwks.json"


def test_the_published_keys_are_public_keys_and_nothing_else(charlie: Caller) -> None:
    reply = charlie.get(PATH)
    assert (reply.status_code, reply.headers["Content-Type"]) == (200, "application/json")
    keys = reply.json()["keys"]
    assert [key["kid"] for key in keys] == [current_keyset().signer().kid]
    for key in keys:
        assert set(key) == {"kty", "crv", "alg", "use", "kid", "x", "y"}
        assert (key["kty"], key["crv"], key["alg"], key["use"]) == ("EC", "P-256", "ES256", "sig")
        assert (len(key["x"]), len(key["y"])) == (43, 43)


def test_the_published_keys_need_no_database(
    charlie: Caller, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert charlie.get(PATH).status_code == 200


def test_whoever_asks_too_often_is_refused(charlie: Caller, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"jwks": (2, 3600)}
    replies = [charlie.get(PATH) for _ in range(3)]
    assert [reply.status_code for reply in replies] == [200, 200, 429]
    assert [reply.headers["RateLimit"][:11] for reply in replies] == [
        f'"jwks";r={left};' for left in (1, 0, 0)
    ]
    assert int(replies[-1].headers["Retry-After"]) > 0


def test_a_key_is_published_before_it_signs_and_after(charlie: Caller, settings: Settings) -> None:
    settings.SIGNING_KEYS = {
        "keys": [
            entry("old", "2020-01-01T00:00:00Z"),
            entry("now", "2021-01-01T00:00:00Z"),
            entry("later", "2999-01-01T00:00:00Z"),
        ]
    }
    assert [key["kid"] for key in charlie.get(PATH).json()["keys"]] == ["old", "now", "later"]
    assert current_keyset().signer().kid == "now"


def test_the_document_may_be_kept_for_five_minutes(charlie: Caller) -> None:
    assert charlie.get(PATH).headers["Cache-Control"] == "public, max-age=300"


def test_an_unchanged_document_is_not_sent_again(charlie: Caller) -> None:
    etag = charlie.get(PATH).headers["ETag"]
    reply = charlie.get(PATH, If_None_Match=etag)
    assert (reply.status_code, reply.content, reply.headers["ETag"]) == (304, b"", etag)
    assert charlie.get(PATH, If_None_Match='"other"').status_code == 200


def test_a_new_key_changes_the_etag(charlie: Caller, settings: Settings) -> None:
    etag = charlie.get(PATH).headers["ETag"]
    settings.SIGNING_KEYS = {"keys": [entry("other", "2021-01-01T00:00:00Z")]}
    reply = charlie.get(PATH, If_None_Match=etag)
    assert reply.status_code == 200
    assert reply.headers["ETag"] != etag


@pytest.mark.parametrize("header", ["Bearer nonsense", "Basic YTpi"])
def test_a_stale_token_does_not_hide_the_keys(charlie: Caller, header: str) -> None:
    assert charlie.get(PATH, Authorization=header).status_code == 200
