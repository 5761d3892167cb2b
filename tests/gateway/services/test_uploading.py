"""gateway/services/uploading.py: how an upload went is counted where it happens."""

import io

import pytest
from prometheus_client import REGISTRY

from gateway.errors import Refused, UploadInterrupted
from gateway.permissions import Caller
from gateway.services.uploading import upload_store
from gateway.uploads import UploadBody
from platform_site.kit.upstream.http import UpstreamUnavailable
from tests.gateway.documents import upload
from tests.gateway.provider import Answer, Provider

UPLOADS = "/internal/v1/images"
OUTCOMES = ("stored", "duplicate", "refused", "unavailable", "interrupted")


def counts() -> dict[str, float]:
    return {
        outcome: REGISTRY.get_sample_value("gateway_uploads_total", {"outcome": outcome}) or 0.0
        for outcome in OUTCOMES
    }


def relayed_bytes() -> float:
    return REGISTRY.get_sample_value("gateway_uploads_bytes_total") or 0.0


def send(caller: Caller, sent: int = 5) -> None:
    form = "multipart/form-data; boundary=b"
    body = UploadBody(io.BytesIO(b"x" * sent), length=5, content_type=form, boundary="b")
    upload_store(caller, body)


def test_each_end_of_an_upload_is_counted(provider: Provider, caller: Caller) -> None:
    before, bytes_before = counts(), relayed_bytes()
    provider.on("POST", UPLOADS, Answer(202, upload()))
    send(caller)
    provider.on("POST", UPLOADS, Answer(200, upload(job=None, duplicate=True)))
    send(caller)
    provider.refuse("POST", UPLOADS, 415, "unsupported_format")
    with pytest.raises(Refused):
        send(caller)
    provider.on("POST", UPLOADS, Answer(502, raw=b"", headers={"Content-Type": "text/html"}))
    with pytest.raises(UpstreamUnavailable):
        send(caller)
    with pytest.raises(UploadInterrupted):
        send(caller, sent=3)
    assert {outcome: counts()[outcome] - before[outcome] for outcome in OUTCOMES} == dict.fromkeys(
        OUTCOMES, 1.0
    )
    assert relayed_bytes() - bytes_before == 4 * 5 + 3
