"""gateway/clients/images.py: both tokens travel, and a 401 is told apart by whom it is about."""

import io
import json

import pytest

from gateway.clients import images
from gateway.errors import Refused
from platform_site.kit.auth.tokens import Principal
from platform_site.kit.upstream.http import UpstreamUnavailable
from tests.gateway.documents import IMAGE_ID, image, job, page, usage
from tests.gateway.provider import Answer, Provider, Received

ROOT = "/internal/v1"


def test_both_tokens_travel(provider: Provider, principal: Principal) -> None:
    provider.on("GET", f"{ROOT}/usage", Answer(200, usage()))
    assert images.usage_of(principal=principal).limit_bytes == 5_000_000_000
    [request] = provider.asked("GET", f"{ROOT}/usage")
    assert request.header("Authorization") == f"Bearer {principal.role_tokens['images']}"
    assert request.header("X-Service-Authorization") == "Bearer svc-1"


def test_the_status_is_asked_for_nobody(provider: Provider) -> None:
    provider.refuse("GET", f"{ROOT}/status", 418, "teapot")
    with pytest.raises(Refused):
        images.status_get()
    [request] = provider.asked("GET", f"{ROOT}/status")
    assert request.header("Authorization") is None
    assert request.header("X-Service-Authorization") == "Bearer svc-1"


def test_a_service_token_that_is_not_taken_is_replaced_once(
    provider: Provider, principal: Principal
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
    provider.on("GET", f"{ROOT}/usage", answer)
    assert images.usage_of(principal=principal).images == 1
    assert len(provider.asked("GET", f"{ROOT}/usage")) == 2


@pytest.mark.parametrize("code", ["token_invalid", "not_authenticated"])
def test_a_person_is_not_signed_out_for_our_credential(
    provider: Provider, principal: Principal, code: str
) -> None:
    provider.refuse("GET", f"{ROOT}/usage", 401, code)
    with pytest.raises(UpstreamUnavailable):
        images.usage_of(principal=principal)
    assert len(provider.asked("GET", f"{ROOT}/usage")) == 2


@pytest.mark.parametrize("code", ["token_revoked", "token_expired"])
def test_a_session_that_ended_meanwhile_is_told(
    provider: Provider, principal: Principal, code: str
) -> None:
    provider.refuse("GET", f"{ROOT}/usage", 401, code)
    with pytest.raises(Refused) as caught:
        images.usage_of(principal=principal)
    assert (caught.value.status, caught.value.code) == (401, code)


def test_a_stream_is_never_sent_twice(provider: Provider, principal: Principal) -> None:
    provider.refuse("POST", f"{ROOT}/images", 401, "token_invalid")
    with pytest.raises(UpstreamUnavailable):
        images.image_store(
            principal=principal, body=io.BytesIO(b"abc"), content_type="x/y", content_length=3
        )
    assert len(provider.asked("POST", f"{ROOT}/images")) == 1


def test_an_upload_keeps_its_type_and_length(provider: Provider, principal: Principal) -> None:
    provider.on("POST", f"{ROOT}/images", Answer(202, {"image": image(), "job": job()}))
    stored = images.image_store(
        principal=principal,
        body=io.BytesIO(b"a" * 200_000),
        content_type="multipart/form-data; boundary=b",
        content_length=200_000,
    )
    assert stored.duplicate is False
    [request] = provider.asked("POST", f"{ROOT}/images")
    assert request.header("Content-Type") == "multipart/form-data; boundary=b"
    assert request.header("Content-Length") == "200000"
    assert request.header("Transfer-Encoding") is None
    assert request.body == b"a" * 200_000


def test_a_query_is_passed_on_encoded(provider: Provider, principal: Principal) -> None:
    provider.on("GET", f"{ROOT}/images", Answer(200, page(image(), following="c2")))
    found = images.image_list(principal=principal, query={"q": "a&b=c", "limit": "1"})
    assert found.next_cursor == "c2"
    assert provider.received[-1].path == f"{ROOT}/images?q=a%26b%3Dc&limit=1"


def test_an_unchanged_image_is_none(provider: Provider, principal: Principal) -> None:
    provider.on("GET", f"{ROOT}/images/{IMAGE_ID}", Answer(304, headers={"ETag": '"v1"'}))
    found = images.image_get(principal=principal, image_id=IMAGE_ID, if_none_match='"v1"')
    assert (found.value, found.etag) == (None, '"v1"')
    assert provider.received[-1].header("If-None-Match") == '"v1"'


def test_changes_carry_their_condition(provider: Provider, principal: Principal) -> None:
    path = f"{ROOT}/images/{IMAGE_ID}"
    provider.on("PATCH", path, Answer(200, image(title="New"), {"ETag": '"v2"'}))
    changed = images.image_update(
        principal=principal, image_id=IMAGE_ID, changes={"title": "New"}, if_match='"v1"'
    )
    assert (changed.value.title, changed.etag) == ("New", '"v2"')
    assert provider.received[-1].header("If-Match") == '"v1"'
    assert json.loads(provider.received[-1].body) == {"title": "New"}
