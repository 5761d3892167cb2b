from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from pytest_django import Settings

from accounts.owner_images import (
    Purged,
    exports_ready,
    images_purge,
    images_release,
    images_withhold,
    withhold_token,
)
from platform_site.kit.auth.tokens import verify_service_token, verify_user_token
from platform_site.kit.upstream.http import UpstreamUnavailable
from tests.accounts.provider import OWNER, images_answering
from tests.gateway.provider import Answer

pytestmark = pytest.mark.enable_socket
ALICE = uuid4()
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


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
    counted = {"image_count": 3, "bytes_freed": 7}
    for status, body, purged in (
        (202, {}, None),
        (200, counted, Purged(3, 7)),
        (204, None, Purged(None, None)),
    ):
        with images_answering(settings) as images:
            images.on("POST", f"{OWNER}/purge", Answer(status, body))
            assert images_purge(user_id=ALICE) == purged


def test_an_answer_that_counts_nothing_is_none(settings: Settings) -> None:
    with images_answering(settings) as images:
        images.on("POST", f"{OWNER}/purge", Answer(200, {"image_count": "many"}))
        with pytest.raises(UpstreamUnavailable):
            images_purge(user_id=ALICE)


def test_ready_exports_are_asked_for_in_auths_own_name(settings: Settings) -> None:
    row = {
        "id": str(uuid4()),
        "owner_id": str(ALICE),
        "ready_at": "2026-03-01T12:00:00Z",
        "expires_at": "2026-03-08T12:00:00Z",
    }
    with images_answering(settings) as images:
        images.on("GET", "/internal/v1/exports/finished", Answer(200, {"results": [row]}))
        (ready,) = exports_ready(after=NOON)
        images.on("GET", "/internal/v1/exports/finished", Answer(503))
        with pytest.raises(UpstreamUnavailable):
            exports_ready(after=NOON)
    assert (ready.owner_id, ready.ready_at, ready.expires_at - NOON) == (
        ALICE,
        NOON,
        timedelta(days=7),
    )
    asked = images.asked("GET", "/internal/v1/exports/finished")[0]
    assert asked.header("Authorization") is None
    ours = verify_service_token(bearer(asked.header("X-Service-Authorization")), audience="images")
    assert ours.client_id == "auth"


@pytest.mark.parametrize("status", [302, 403, 500])
def test_any_other_answer_is_none(settings: Settings, status: int) -> None:
    with images_answering(settings, withhold=status), pytest.raises(UpstreamUnavailable):
        images_withhold(user_id=ALICE)


def test_two_tokens_of_one_owner_are_of_two_sessions_that_nobody_has() -> None:
    first, second = (
        verify_user_token(withhold_token(user_id=ALICE), audience="images") for _ in range(2)
    )
    assert first.session_id != second.session_id
