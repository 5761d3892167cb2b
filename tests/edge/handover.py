"""What the images role and the store say when bytes are handed over, as the tests play them."""

import hashlib
from collections.abc import Mapping

from tests.edge.upstreams import Answer, Received

PATH = "/i/k1/1999999999/c2ln/w_800,q_80/0190.webp"
CONTENT = bytes(range(256)) * 400
ETAG = f'"{hashlib.sha256(CONTENT).hexdigest()}"'
KEY = "renditions/0190/w_800,h_600,q_80.webp"
SIGNED = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a%2F20261123%2Fs3&X-Amz-Signature=f00"
STORED_AT = f"/images/renditions/0190/w_800%2Ch_600%2Cq_80.webp?{SIGNED}"
OF_THE_ROLE = {
    "ETag": ETAG,
    "Last-Modified": "Sun, 22 Nov 2026 09:00:00 GMT",
    "Accept-Ranges": "bytes",
    "Cache-Control": "private, max-age=3600, immutable",
    "Content-Type": "image/webp",
    "Content-Disposition": 'attachment; filename="alice\'s dog.webp"',
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}
KEPT = (
    *("ETag", "Last-Modified", "Cache-Control"),
    *("Content-Type", "Content-Disposition", "Accept-Ranges"),
)
OF_THE_STORE = {
    "ETag": '"md5-of-the-store"',
    "Last-Modified": "Mon, 23 Nov 2026 22:00:00 GMT",
    "Content-Type": "text/html",
    "Cache-Control": "public",
    "Content-Disposition": "inline",
    "Set-Cookie": "store=1",
    "Vary": "Origin",
    "Content-Security-Policy": "block-all-mixed-content",
    "X-Xss-Protection": "1; mode=block",
    "x-amz-id-2": "host-7",
    "x-amz-request-id": "17A",
    "x-amz-version-id": "3",
    "x-amz-server-side-encryption": "AES256",
    "x-amz-checksum-crc32": "AAAA",
    "x-amz-content-sha256": "0",
    "X-Minio-Deployment-Id": "d-1",
    "X-Ratelimit-Limit": "100",
    "Accept-Ranges": "bytes",
}


def location_answer(request: Received, location: str, said: Mapping[str, str]) -> Answer:
    """What the images role answers when the proxy before it brings the bytes."""
    if request.headers.get("if-none-match") == ETAG:
        bare = {name: value for name, value in said.items() if name != "Content-Type"}
        return Answer(304, bare, b"")
    if {"if-match", "if-unmodified-since"} & set(request.headers):
        return _held(request, said)
    if request.method == "HEAD":
        return Answer(200, {**said, "Content-Length": str(len(CONTENT))}, b"")
    wanted = request.headers.get("range", "")
    same = request.headers.get("if-range", ETAG) in {ETAG, OF_THE_ROLE["Last-Modified"]}
    part = {"X-Accel-Range": wanted.lower()} if same else {}
    return Answer(307, {**said, **part, "X-Accel-Redirect": location}, b"")


def _held(request: Received, said: Mapping[str, str]) -> Answer:
    """What insists on a version is sent, or refused, by the role itself."""
    if request.headers.get("if-match", ETAG) != ETAG:
        problem = {"Content-Type": "application/problem+json", "Cache-Control": "no-store"}
        return Answer(412, problem, b'{"code":"precondition_failed"}')
    return Answer(200, said, CONTENT)


def store_answer(request: Received) -> Answer:
    wanted = request.headers.get("range", "").removeprefix("bytes=")
    if not wanted:
        return Answer(200, OF_THE_STORE, CONTENT)
    first, last = (int(part) for part in wanted.split("-"))
    part = CONTENT[first : last + 1]
    headers = {**OF_THE_STORE, "Content-Range": f"bytes {first}-{last}/{len(CONTENT)}"}
    return Answer(206, headers, part)
