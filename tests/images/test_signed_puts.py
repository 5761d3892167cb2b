"""One signed request stores an object; what is not a plain success goes to botocore's client."""

import hashlib
import io
from typing import Any

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import ClientError, ConnectionClosedError

from images.signed_puts import put

BODY = b"a picture"
ODD_NAME = "renditions/0190/w_800,h_600 ü~+.webp"


@pytest.fixture
def client(bucket: Any) -> Any:
    return bucket.meta.client


def stored(client: Any, bucket: Any, name: str, **known: str) -> None:
    source = io.BytesIO(BODY)
    source.read()
    put(client, bucket.name, name, source, size=len(BODY), content_type="image/webp", **known)
    assert not source.closed


def no_client(monkeypatch: pytest.MonkeyPatch, client: Any) -> list[Any]:
    """The requests that are sent, none of which may be by the client itself."""
    send, sent = client._endpoint.http_session.send, []

    def noted(request: Any) -> Any:
        sent.append(request)
        return send(request)

    monkeypatch.setattr(client._endpoint.http_session, "send", noted)
    monkeypatch.setattr(client, "_make_api_call", None)
    return sent


@pytest.mark.parametrize("known", [{}, {"sha256": hashlib.sha256(BODY).hexdigest()}])
def test_an_object_is_stored_by_one_request_signed_as_botocore_signs(
    client: Any, bucket: Any, monkeypatch: pytest.MonkeyPatch, known: dict[str, str]
) -> None:
    with monkeypatch.context() as patched:
        sent = no_client(patched, client)
        stored(client, bucket, ODD_NAME, **known)
    (request,) = sent
    found = client.get_object(Bucket=bucket.name, Key=ODD_NAME)
    assert (found["Body"].read(), found["ContentType"]) == (BODY, "image/webp")
    assert request.headers["X-Amz-Content-SHA256"] == hashlib.sha256(BODY).hexdigest()

    given = {name: request.headers[name] for name in ("Content-Type", "Content-Length")}
    again = AWSRequest("PUT", request.url, headers=given, data=BODY)
    again.context["timestamp"] = request.headers["X-Amz-Date"]
    signer = S3SigV4Auth(client._request_signer._credentials, "s3", client.meta.region_name)
    again.headers["X-Amz-Date"] = request.headers["X-Amz-Date"]
    again.headers["X-Amz-Content-SHA256"] = request.headers["X-Amz-Content-SHA256"]
    signature = signer.signature(
        signer.string_to_sign(again, signer.canonical_request(again)), again
    )
    assert request.headers["Authorization"].endswith(f"Signature={signature}")


def test_a_connection_that_is_lost_is_left_to_the_client(
    client: Any, bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    send, calls = client._endpoint.http_session.send, []

    def lost_once(request: Any) -> Any:
        calls.append(request.method)
        if len(calls) == 1:
            raise ConnectionClosedError(endpoint_url=request.url)
        return send(request)

    monkeypatch.setattr(client._endpoint.http_session, "send", lost_once)
    stored(client, bucket, "a")
    assert calls == ["PUT", "PUT"]
    assert bucket.Object("a").get()["Body"].read() == BODY


def test_a_refusal_is_the_clients_own(client: Any, bucket: Any) -> None:
    bucket.delete()
    with pytest.raises(ClientError) as refused:
        stored(client, bucket, "a")
    assert refused.value.response["Error"]["Code"] == "NoSuchBucket"
