"""gateway/services/uploading.py: how an upload went is counted where it happens."""

import io

import pytest
from prometheus_client import REGISTRY

from gateway.errors import Refused, UploadInterrupted
from gateway.services.uploading import upload_store
from gateway.uploads import UploadBody
from platform_site.kit.auth.tokens import Principal
from platform_site.kit.upstream.http import UpstreamUnavailable
from tests.gateway.documents import image, job
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


def send(principal: Principal, sent: int = 5) -> None:
    form = "multipart/form-data; boundary=b"
    body = UploadBody(io.BytesIO(b"x" * sent), length=5, content_type=form, boundary="b")
    upload_store(principal=principal, upload=body)


def test_each_end_of_an_upload_is_counted(provider: Provider, principal: Principal) -> None:
    before, bytes_before = counts(), relayed_bytes()
    provider.on("POST", UPLOADS, Answer(202, {"image": image(), "job": job()}))
    send(principal)
    document = {"image": image(), "job": None, "duplicate": True}
    provider.on("POST", UPLOADS, Answer(200, document))
    send(principal)
    provider.refuse("POST", UPLOADS, 415, "unsupported_format")
    with pytest.raises(Refused):
        send(principal)
    provider.on("POST", UPLOADS, Answer(502, raw=b"", headers={"Content-Type": "text/html"}))
    with pytest.raises(UpstreamUnavailable):
        send(principal)
    with pytest.raises(UploadInterrupted):
        send(principal, sent=3)
    assert {outcome: counts()[outcome] - before[outcome] for outcome in OUTCOMES} == dict.fromkeys(
        OUTCOMES, 1.0
    )
    assert relayed_bytes() - bytes_before == 4 * 5 + 3
