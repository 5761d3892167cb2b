"""gateway/clients/images.py: both tokens travel, and a 401 is told apart by whom it is about."""

import io
import json

import pytest

from gateway.clients import images
from gateway.clients.upstream_calls import UpstreamCall
from gateway.errors import Refused
from gateway.permissions import Caller
from platform_site.kit.upstream.http import UpstreamUnavailable
from tests.gateway.documents import images_status, usage
from tests.gateway.provider import Answer, Provider, Received

ROOT = "/internal/v1"
USAGE = f"{ROOT}/usage"


def test_both_tokens_travel(provider: Provider, caller: Caller) -> None:
    provider.on("GET", USAGE, Answer(200, usage()))
    assert json.loads(images.read("usage", caller=caller).body) == usage()
    [request] = provider.asked("GET", USAGE)
    assert request.header("Authorization") == f"Bearer {caller.principal.role_tokens['images']}"
    assert request.header("X-Service-Authorization") == "Bearer svc-1"
    assert request.header("X-Public-Origin") == caller.origin


def test_the_status_is_asked_for_nobody(provider: Provider) -> None:
    provider.on("GET", f"{ROOT}/status", Answer(200, images_status()))
    assert images.status_get().queues[0].oldest_age_s == 1.5
    [request] = provider.asked("GET", f"{ROOT}/status")
    assert request.header("Authorization") is None
    assert request.header("X-Public-Origin") is None
    assert request.header("X-Service-Authorization") == "Bearer svc-1"


@pytest.mark.parametrize("change", ["withhold", "release"])
def test_all_of_an_owner_is_changed_with_the_token_that_auth_made_for_it(
    provider: Provider, change: str
) -> None:
    provider.on("POST", f"{ROOT}/owner/{change}", Answer(204))
    act = images.owner_withhold if change == "withhold" else images.owner_release
    act(token="made-for-it")
    [request] = provider.asked("POST", f"{ROOT}/owner/{change}")
    assert request.header("Authorization") == "Bearer made-for-it"


def test_a_service_token_that_is_not_taken_is_replaced_once(
    provider: Provider, caller: Caller
) -> None:
    tokens = iter(["old", "new"])

    def issue(_request: Received) -> Answer:
        document = {"access_token": next(tokens), "token_type": "Bearer", "expires_in": 300}
        return Answer(200, document)

    def answer(request: Received) -> Answer:
        if request.header("X-Service-Authorization") == "Bearer new":
            return Answer(200, usage())
        problem = {"Content-Type": "application/problem+json"}
        return Answer(401, {"code": "token_invalid"}, problem)

    provider.on("POST", f"{ROOT}/token", issue)
    provider.on("GET", USAGE, answer)
    assert images.read("usage", caller=caller).status == 200
    assert len(provider.asked("GET", USAGE)) == 2


@pytest.mark.parametrize("code", ["token_invalid", "not_authenticated"])
def test_a_person_is_not_signed_out_for_our_credential(
    provider: Provider, caller: Caller, code: str
) -> None:
    provider.refuse("GET", USAGE, 401, code)
    with pytest.raises(UpstreamUnavailable):
        images.read("usage", caller=caller)
    assert len(provider.asked("GET", USAGE)) == 2


@pytest.mark.parametrize("code", ["token_revoked", "token_expired"])
def test_a_session_that_ended_meanwhile_is_told(
    provider: Provider, caller: Caller, code: str
) -> None:
    provider.refuse("GET", USAGE, 401, code)
    with pytest.raises(Refused) as caught:
        images.read("usage", caller=caller)
    assert (caught.value.status, caught.value.code) == (401, code)


def test_a_stream_is_sent_with_its_length_and_never_twice(
    provider: Provider, caller: Caller
) -> None:
    provider.refuse("POST", f"{ROOT}/images", 401, "token_invalid")
    headers = {"Content-Type": "x/y", "Content-Length": "200000"}
    call = UpstreamCall("POST", f"{ROOT}/images", headers, io.BytesIO(b"a" * 200_000))
    with pytest.raises(UpstreamUnavailable):
        images.answer_of(call, caller=caller)
    [request] = provider.asked("POST", f"{ROOT}/images")
    assert request.header("Content-Type") == "x/y"
    assert request.header("Content-Length") == "200000"
    assert request.header("Transfer-Encoding") is None
    assert request.body == b"a" * 200_000
