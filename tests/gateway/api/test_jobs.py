"""gateway/api/jobs.py: what the platform is doing for the caller."""

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
