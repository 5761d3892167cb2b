"""What counts as documented is read from where it is written."""

import pytest

from drills.history import Call
from drills.judge.documented import DELIVERY, codes, statuses, undocumented

PROBLEM = "application/problem+json"


def test_routes_and_codes_are_read_from_documents_and_code() -> None:
    assert {202, 413, 429, 503} <= statuses()["POST /api/v1/images"]
    assert 500 not in statuses()["POST /api/v1/images"]
    assert {
        (401, "token_expired"),  # a refusal of the kit
        (409, "idempotency_in_progress"),  # one of the gateway
        (503, "storage_unavailable"),  # one of images
        (503, "upstream_unavailable"),  # one of nginx, too
        (414, "uri_too_long"),  # one of nginx alone
        (412, "precondition_failed"),  # named in a description
    } <= codes()
    assert (503, "image_not_found") not in codes()


@pytest.mark.parametrize(
    ("route", "status", "code", "words"),
    [
        ("GET /api/v1/images/{image_id}", 200, None, ""),
        ("GET /api/v1/images/{image_id}", 404, "image_not_found", ""),
        (DELIVERY, 410, "url_expired", ""),
        (DELIVERY, 429, "rate_limited", "429 rate_limited, which the route does not name"),
        ("GET /api/v1/images/{image_id}", 504, "upstream_timeout", ""),
        ("POST /auth/login", 504, "upstream_timeout", ""),
        ("GET /api/v1/images/{image_id}", 507, None, "507, which the route does not name"),
        ("GET /api/v1/images/{image_id}", 404, "oops", "404 oops, a code that nothing declares"),
        ("GET /api/v1/images/{image_id}", 404, None, "404 without a code"),
        ("GET /api/v1/nothing", 200, None, "200, which the route does not name"),
    ],
)
def test_an_answer_is_held_to_its_route(
    route: str, status: int, code: str | None, words: str
) -> None:
    call = Call(0, 0, "read", route, status=status, code=code, answer={"content_type": PROBLEM})
    assert undocumented(call) == words
