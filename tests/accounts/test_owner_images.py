from uuid import uuid4

import pytest
from pytest_django import Settings

from accounts.owner_images import (
    images_purge,
    images_release,
    images_withhold,
    withhold_token,
)
from platform_site.kit.auth.tokens import verify_service_token, verify_user_token
from platform_site.kit.upstream.http import UpstreamUnavailable
from tests.accounts.provider import OWNER, images_answering

pytestmark = pytest.mark.enable_socket
ALICE = uuid4()


def bearer(header: str | None) -> str:
    assert header is not None
    return header.removeprefix("Bearer ")


@pytest.mark.parametrize(
    ("action", "ask", "scope"),
    [
        ("withhold", images_withhold, "images:withhold"),
        ("release", images_release, "images:withhold"),
        ("purge", images_purge, "images:purge"),
    ],
    ids=("withhold", "release", "purge"),
)
def test_images_is_shown_a_token_of_the_owner_and_one_of_auth(
    settings: Settings, action: str, ask: object, scope: str
) -> None:
    with images_answering(settings, **{action: 204}) as images:
        assert callable(ask)
        ask(user_id=ALICE)
    (asked,) = images.asked("POST", f"{OWNER}/{action}")
    owner = verify_user_token(bearer(asked.header("Authorization")), audience="images")
    ours = verify_service_token(bearer(asked.header("X-Service-Authorization")), audience="images")
    assert (owner.id, owner.scopes) == (ALICE, frozenset({scope}))
    assert ours.client_id == "auth"


def test_a_purge_says_whether_anything_is_left(settings: Settings) -> None:
    for status, nothing_left in ((202, False), (204, True)):
        with images_answering(settings, purge=status):
            assert images_purge(user_id=ALICE) is nothing_left


@pytest.mark.parametrize("status", [200, 403, 500])
def test_any_other_answer_is_none(settings: Settings, status: int) -> None:
    with images_answering(settings, withhold=status), pytest.raises(UpstreamUnavailable):
        images_withhold(user_id=ALICE)


def test_two_tokens_of_one_owner_are_of_two_sessions_that_nobody_has() -> None:
    first, second = (
        verify_user_token(withhold_token(user_id=ALICE), audience="images") for _ in range(2)
    )
    assert first.session_id != second.session_id
