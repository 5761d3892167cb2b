import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jwt
import orjson
import pytest

from platform_site.kit.auth.jwks import COOL_DOWN_S, REFRESH_S, TIMEOUT, KeySet
from platform_site.kit.auth.tokens import TokenInvalid, Verifier
from tests.platform_site.kit.clock import Clock
from tests.platform_site.kit.http_server import Answer, Server
from tests.platform_site.kit.token_issuer import ISSUER, Issuer

NOTHING: dict[str, Any] = {"keys": []}


def publish(server: Server, *issuers: Issuer) -> None:
    keys = {"keys": [key for issuer in issuers for key in issuer.jwks["keys"]]}
    server.respond = lambda _asked: Answer(body=orjson.dumps(keys))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock().install(monkeypatch)


@pytest.fixture
def alpha() -> Issuer:
    return Issuer()


@pytest.fixture
def beta() -> Issuer:
    return Issuer()


def test_without_an_address_the_bundle_is_all(alpha: Issuer, beta: Issuer) -> None:
    keys = KeySet(bundle=alpha.jwks)
    assert keys.find(alpha.key.kid) is not None
    assert keys.find(beta.key.kid) is None
    assert keys.generation == 0


def test_keys_of_other_kinds_are_passed_over(alpha: Issuer) -> None:
    others = [
        {"kid": "rsa", "kty": "RSA", "n": "AQAB", "e": "AQAB"},
        {"kid": "oct", "kty": "oct", "k": "c2VjcmV0"},
        {**alpha.key.public, "kid": "curve", "crv": "P-384"},
    ]
    keys = KeySet(bundle={"keys": [*others, *alpha.jwks["keys"]]})
    assert [keys.find(kid) for kid in ("rsa", "oct", "curve")] == [None, None, None]
    assert keys.find(alpha.key.kid) is not None


def test_a_bundle_that_is_no_key_set_is_refused() -> None:
    for document in ({}, {"keys": [1]}, {"keys": [{"kty": "EC", "crv": "P-256"}]}):
        with pytest.raises(ValueError, match="not a JSON Web Key Set"):
            KeySet(bundle=document)


def test_published_keys_are_fetched_once_and_then_kept(
    server: Server, alpha: Issuer, clock: Clock
) -> None:
    publish(server, alpha)
    keys = KeySet(bundle=NOTHING, url=f"{server.url}/jwks.json")
    for _ in range(5):
        assert keys.find(alpha.key.kid) is not None
    assert [(asked.method, asked.path) for asked in server.asked] == [("GET", "/jwks.json")]
    clock.advance(REFRESH_S + 1)
    assert keys.find(alpha.key.kid) is not None
    assert len(server.asked) == 2


def test_a_new_key_is_found_when_a_token_names_it(
    server: Server, alpha: Issuer, beta: Issuer, clock: Clock
) -> None:
    publish(server, alpha)
    keys = KeySet(bundle=NOTHING, url=server.url)
    assert keys.find(beta.key.kid) is None
    publish(server, alpha, beta)
    assert keys.find(beta.key.kid) is None
    clock.advance(COOL_DOWN_S + 1)
    assert keys.find(beta.key.kid) is not None


def test_a_stream_of_forged_names_asks_the_publisher_once_per_cool_down(
    server: Server, alpha: Issuer, clock: Clock
) -> None:
    publish(server, alpha)
    keys = KeySet(bundle=alpha.jwks, url=server.url)
    for number in range(50):
        assert keys.find(f"forged-{number}") is None
    assert len(server.asked) == 1
    clock.advance(COOL_DOWN_S + 1)
    for number in range(50):
        assert keys.find(f"forged-{number}") is None
    assert len(server.asked) == 2


def test_the_keys_outlive_the_publisher(server: Server, alpha: Issuer, clock: Clock) -> None:
    publish(server, alpha)
    keys = KeySet(bundle=NOTHING, url=server.url)
    assert keys.find(alpha.key.kid) is not None
    server.shutdown()
    server.socket.close()
    server.close_connections()
    for _ in range(3):
        clock.advance(REFRESH_S + 1)
        assert keys.find(alpha.key.kid) is not None
    assert keys.generation == 1


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=500, body=b'{"keys": []}'),
        Answer(status=302, headers={"Location": "http://127.0.0.1:9/"}),
        Answer(body=b"<html>"),
        Answer(body=b"[]"),
        Answer(body=b"{}"),
        Answer(body=b'{"keys": null}'),
        Answer(body=b'{"keys": []}'),
        Answer(body=b'{"keys": ["x"]}'),
        Answer(body=b'{"keys": [{"kty": "EC", "crv": "P-256"}]}'),
        Answer(body=b'{"keys": [{"kty": "EC", "crv": "P-256", "kid": "a", "x": "A", "y": "A"}]}'),
        Answer(close=True),
    ],
)
def test_an_answer_that_is_no_key_set_changes_nothing(
    server: Server, alpha: Issuer, answer: Answer
) -> None:
    server.respond = lambda _asked: answer
    keys = KeySet(bundle=alpha.jwks, url=server.url)
    assert keys.find(alpha.key.kid) is not None
    assert keys.generation == 0
    assert len(server.asked) == 1


def test_a_publisher_that_hangs_is_given_up_for_the_keys_at_hand(
    server: Server, alpha: Issuer
) -> None:
    assert TIMEOUT.connect_timeout == 2.0
    assert TIMEOUT.total == 2.0
    server.respond = lambda _asked: Answer(hang=True)
    keys = KeySet(bundle=alpha.jwks, url=server.url)
    assert keys.find(alpha.key.kid) is not None
    assert not server.over.is_set()


def test_while_one_thread_asks_the_others_go_on(server: Server, alpha: Issuer) -> None:
    asked, go_on = threading.Event(), threading.Event()

    def wait(_asked: Any) -> Answer:
        asked.set()
        assert go_on.wait(10)
        return Answer(body=orjson.dumps(alpha.jwks))

    server.respond = wait
    keys = KeySet(bundle=alpha.jwks, url=server.url)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(keys.find, alpha.key.kid)
        assert asked.wait(10)
        assert keys.find(alpha.key.kid) is not None
        assert not first.done()
        go_on.set()
        assert first.result(10) is not None
    assert len(server.asked) == 1


def test_a_token_of_a_withdrawn_key_is_refused_after_the_refresh(
    server: Server, alpha: Issuer, beta: Issuer, clock: Clock
) -> None:
    publish(server, alpha, beta)
    verifier = Verifier(keys=KeySet(bundle=alpha.jwks, url=server.url), issuer=ISSUER)
    withdrawn, kept = alpha.access(exp=2**32 - 1), beta.access(exp=2**32 - 1)
    for raw in (withdrawn, kept, withdrawn):
        verifier.claims(raw, typ="at+jwt", audience="images")
    publish(server, beta)
    verifier.claims(withdrawn, typ="at+jwt", audience="images")
    clock.advance(REFRESH_S + 1)
    with pytest.raises(TokenInvalid, match="not known"):
        verifier.claims(withdrawn, typ="at+jwt", audience="images")
    verifier.claims(kept, typ="at+jwt", audience="images")


def test_a_name_that_is_given_to_another_key_is_verified_anew(
    server: Server, alpha: Issuer, beta: Issuer, clock: Clock
) -> None:
    publish(server, alpha)
    verifier = Verifier(keys=KeySet(bundle=alpha.jwks, url=server.url), issuer=ISSUER)
    raw = alpha.access(exp=2**32 - 1)
    for _ in range(2):
        verifier.claims(raw, typ="at+jwt", audience="images")
    swapped = {"keys": [{**beta.key.public, "kid": alpha.key.kid}]}
    server.respond = lambda _asked: Answer(body=orjson.dumps(swapped))
    clock.advance(REFRESH_S + 1)
    with pytest.raises(TokenInvalid):
        verifier.claims(raw, typ="at+jwt", audience="images")


def test_an_unchanged_set_keeps_what_was_verified(
    server: Server, alpha: Issuer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(server, alpha)
    verifier = Verifier(keys=KeySet(bundle=alpha.jwks, url=server.url), issuer=ISSUER)
    raw = alpha.access(exp=2**32 - 1)
    claims = verifier.claims(raw, typ="at+jwt", audience="images")
    monkeypatch.delattr(jwt, "decode")
    clock.advance(REFRESH_S + 1)
    assert verifier.claims(raw, typ="at+jwt", audience="images") == claims
    assert len(server.asked) == 2


def test_a_token_that_was_being_verified_while_its_key_went_is_not_remembered(
    alpha: Issuer, beta: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = KeySet(bundle=alpha.jwks)
    verifier = Verifier(keys=keys, issuer=ISSUER)
    decode = jwt.decode

    def slow(*arguments: Any, **options: Any) -> dict[str, Any]:
        keys._replace(beta.jwks)
        return decode(*arguments, **options)

    monkeypatch.setattr(jwt, "decode", slow)
    raw = alpha.access()
    verifier.claims(raw, typ="at+jwt", audience="images")
    with pytest.raises(TokenInvalid, match="not known"):
        verifier.claims(raw, typ="at+jwt", audience="images")
