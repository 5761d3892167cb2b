"""gateway/api/jobs.py: what the platform is doing for the caller."""

from typing import Any

import pytest
from django.test import Client

from tests.gateway.documents import IMAGE_ID, JOB_ID, job, page
from tests.gateway.provider import Answer, Provider

STORED = f"/internal/v1/jobs/{JOB_ID}"
PUBLIC = f"/api/v1/jobs/{JOB_ID}"


def test_jobs_come_in_pages(provider: Provider, as_alice: Client) -> None:
    provider.on("GET", "/internal/v1/jobs", Answer(200, page(job(), before="p1")))
    body = as_alice.get(f"/api/v1/jobs?image={IMAGE_ID}&state=queued").json()
    assert body["results"] == [job()]
    query = f"image={IMAGE_ID}&state=queued"
    assert body["previous"] == f"https://photos.example/api/v1/jobs?{query}&cursor=p1"
    assert body["next"] is None
    assert provider.received[-1].path == f"/internal/v1/jobs?{query}"


@pytest.mark.parametrize("query", ["image=mine", "state=lost", "limit=-1"])
def test_a_bad_parameter_is_refused_here(provider: Provider, as_alice: Client, query: str) -> None:
    assert as_alice.get(f"/api/v1/jobs?{query}").status_code == 400
    assert provider.received == []


def test_a_job_is_relayed_as_it_is(provider: Provider, as_alice: Client) -> None:
    failed = job(
        state="failed",
        attempt=3,
        error={"code": "worker_crashed", "detail": "three times"},
        result={"deleted": ["a"]},
        finished_at="2026-11-23T12:00:01.500000Z",
    )
    provider.on("GET", STORED, Answer(200, failed))
    assert as_alice.get(PUBLIC).json() == failed


@pytest.mark.parametrize(
    ("paths", "first", "later"),
    [
        (("/api/v1/jobs", "/internal/v1/jobs"), page(job()), page(job(state="running"))),
        ((PUBLIC, STORED), job(), job(state="running")),
    ],
    ids=["list", "detail"],
)
def test_who_asks_again_is_answered_only_what_has_changed(
    provider: Provider,
    as_alice: Client,
    paths: tuple[str, str],
    first: dict[str, Any],
    later: dict[str, Any],
) -> None:
    public, internal = paths
    provider.on("GET", internal, Answer(200, first))
    etag = as_alice.get(public).headers["ETag"]
    again = as_alice.get(public, headers={"If-None-Match": f'"other", {etag}'})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    assert again.headers["Cache-Control"] == "private, no-cache"

    provider.on("GET", internal, Answer(200, later))
    changed = as_alice.get(public, headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != etag


def test_a_page_of_jobs_that_another_page_follows_is_another_one(
    provider: Provider, as_alice: Client
) -> None:
    provider.on("GET", "/internal/v1/jobs", Answer(200, page(job())))
    etag = as_alice.get("/api/v1/jobs").headers["ETag"]
    provider.on("GET", "/internal/v1/jobs", Answer(200, page(job(), following="p2")))
    assert as_alice.get("/api/v1/jobs", headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize("act", ["cancel", "retry"])
def test_a_job_can_be_told_what_to_do(provider: Provider, as_alice: Client, act: str) -> None:
    provider.on("POST", f"{STORED}/{act}", Answer(202, job()))
    reply = as_alice.post(f"{PUBLIC}/{act}")
    assert (reply.status_code, reply.json()["id"]) == (202, str(JOB_ID))


@pytest.mark.parametrize(
    ("act", "code"), [("cancel", "job_not_cancelable"), ("retry", "job_not_retryable")]
)
def test_a_job_that_is_over_is_a_409(
    provider: Provider, as_alice: Client, act: str, code: str
) -> None:
    provider.refuse("POST", f"{STORED}/{act}", 409, code)
    reply = as_alice.post(f"{PUBLIC}/{act}")
    assert (reply.status_code, reply.json()["code"]) == (409, code)
