"""PUT of an object by botocore's signer and connections, without the client around them (ADR 72).

The client of a role is given; whatever is not a plain success is left to it, with its retries.
"""

from typing import Any, BinaryIO, Final
from urllib.parse import quote

import structlog
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import HTTPClientError

from platform_site.kit.telemetry.tracing import span

log = structlog.get_logger(__name__)

OK: Final = 200
SPAN: Final = {"rpc.system": "aws-api", "rpc.service": "S3", "rpc.method": "PutObject"}
SHA256: Final = "payload_sha256"


class _Signer(S3SigV4Auth):
    """botocore's, for a body whose SHA-256 the caller may know already."""

    def payload(self, request: Any) -> str:
        known: str = request.context.get(SHA256) or super().payload(request)
        return known


def put(
    client: Any,
    bucket: str,
    name: str,
    body: BinaryIO,
    *,
    size: int,
    content_type: str,
    sha256: str | None = None,
) -> None:
    """Store ``size`` bytes of ``body``, from its beginning, as ``name``.

    ``sha256`` is theirs in hexadecimal, if it is known. Raises botocore's errors.
    """
    body.seek(0)
    request = AWSRequest(
        "PUT",
        f"{client.meta.endpoint_url}/{bucket}/{quote(name, safe='/~')}",
        headers={"Content-Type": content_type, "Content-Length": str(size)},
        data=body,
    )
    request.context[SHA256] = sha256
    with span("S3.PutObject", SPAN):
        if _is_taken(client, request):
            return
    body.seek(0)
    client.put_object(
        Bucket=bucket, Key=name, Body=body, ContentLength=size, ContentType=content_type
    )


def _is_taken(client: Any, request: AWSRequest) -> bool:
    """Try once; whether the store has taken it."""
    # Both are the client's own, so that who signs, time-outs, certificates and proxies are, too.
    credentials = client._request_signer._credentials  # noqa: SLF001 - there is no public way in
    connections = client._endpoint.http_session  # noqa: SLF001 - likewise
    _Signer(credentials, "s3", client.meta.region_name).add_auth(request)
    try:
        status: int = connections.send(request.prepare()).status_code
    except HTTPClientError as exc:
        log.info("put_tried_again", error=type(exc).__name__)
        return False
    if status != OK:
        log.info("put_tried_again", status=status)
    return status == OK
