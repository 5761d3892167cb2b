"""Client of the role images. Every call acts for a person and carries both tokens."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar
from urllib.parse import urlencode
from uuid import UUID

import orjson

from gateway.clients.documents import document_as
from gateway.clients.service_tokens import service_token
from gateway.clients.types import (
    DeletionStarted,
    ImageCount,
    ImagePage,
    ImagesChanged,
    ImagesStatus,
    Job,
    JobPage,
    PresetList,
    RenditionList,
    StoredImage,
    StoredRenditions,
    StoredUpload,
    Usage,
)
from gateway.clients.upstream_calls import call, document_of
from gateway.deadlines import STATUS_S, UPLOAD_S
from gateway.errors import Refused
from platform_site.kit.auth.tokens import Principal
from platform_site.kit.upstream.http import Reply, SupportsRead, UpstreamUnavailable

ROLE: Final = "images"
ROOT: Final = "/internal/v1"
NOT_MODIFIED: Final = 304
UNAUTHORIZED: Final = 401
ABOUT_THE_PERSON: Final = frozenset({"token_expired", "token_revoked"})

Value = TypeVar("Value")
Query = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Versioned(Generic[Value]):
    """A value and its strong ETag; ``None`` when images named none."""

    value: Value
    etag: str | None


def image_list(*, principal: Principal, query: Query) -> ImagePage:
    """A page of the caller's images. ``query`` goes to images as it is."""
    return document_as(ImagePage, document_of(_get(principal, "/images", query=query)))


def image_count(*, principal: Principal, query: Query) -> ImageCount:
    """How many images the list with this ``query`` has."""
    return document_as(ImageCount, document_of(_get(principal, "/images/count", query=query)))


def images_act(*, principal: Principal, wish: Mapping[str, Any]) -> ImagesChanged:
    """Do one thing to many images. `Refused` with 409 when others match by now."""
    return document_as(
        ImagesChanged, document_of(_send(principal, "POST", "/images/actions", wish))
    )


def image_get(
    *, principal: Principal, image_id: UUID, if_none_match: str | None = None
) -> Versioned[StoredImage | None]:
    """The image; its value is ``None`` when it still has the version ``if_none_match``."""
    condition = {"If-None-Match": if_none_match} if if_none_match else {}
    reply = _get(principal, f"/images/{image_id}", headers=condition)
    if reply.status == NOT_MODIFIED:
        return Versioned(None, reply.headers.get("ETag"))
    return Versioned(document_as(StoredImage, document_of(reply)), reply.headers.get("ETag"))


def image_update(
    *, principal: Principal, image_id: UUID, changes: Mapping[str, Any], if_match: str | None
) -> Versioned[StoredImage]:
    """The image with its new title or tags. `Refused` with 412 if it has another version."""
    condition = {"If-Match": if_match} if if_match else {}
    reply = _send(principal, "PATCH", f"/images/{image_id}", changes, headers=condition)
    return _versioned(StoredImage, reply)


def image_trash(*, principal: Principal, image_id: UUID, if_match: str | None) -> None:
    """Hide the image; it can be restored."""
    condition = {"If-Match": if_match} if if_match else {}
    _send(principal, "DELETE", f"/images/{image_id}", None, headers=condition)


def image_delete(*, principal: Principal, image_id: UUID, if_match: str | None) -> Job:
    """Delete the image for good: the job that does it."""
    condition = {"If-Match": if_match} if if_match else {}
    path = f"/images/{image_id}?permanent=true"
    reply = _send(principal, "DELETE", path, None, headers=condition)
    return document_as(DeletionStarted, document_of(reply)).job


def image_restore(*, principal: Principal, image_id: UUID) -> Versioned[StoredImage]:
    """The image, taken out of the trash."""
    return _versioned(StoredImage, _send(principal, "POST", f"/images/{image_id}/restore", None))


def image_store(
    *, principal: Principal, body: SupportsRead, content_type: str, content_length: int
) -> StoredUpload:
    """Relay an upload; ``body`` is read as images takes it and is never held whole."""
    headers = {"Content-Type": content_type, "Content-Length": str(content_length)}
    reply = _call(principal, "POST", "/images", headers=headers, body=body, timeout_s=UPLOAD_S)
    return document_as(StoredUpload, document_of(reply))


def rendition_list(*, principal: Principal, image_id: UUID) -> RenditionList:
    """All renditions of the image."""
    reply = _get(principal, f"/images/{image_id}/renditions")
    return document_as(RenditionList, document_of(reply))


def rendition_request(
    *, principal: Principal, image_id: UUID, wish: Mapping[str, Any]
) -> StoredRenditions:
    """Ask for a preset or for operations. Without a ``job`` they exist already."""
    reply = _send(principal, "POST", f"/images/{image_id}/renditions", wish)
    return document_as(StoredRenditions, document_of(reply))


def preset_list(*, principal: Principal) -> PresetList:
    """The named sizes."""
    return document_as(PresetList, document_of(_get(principal, "/presets")))


def job_list(*, principal: Principal, query: Query) -> JobPage:
    """A page of the caller's jobs. ``query`` goes to images as it is."""
    return document_as(JobPage, document_of(_get(principal, "/jobs", query=query)))


def job_get(*, principal: Principal, job_id: UUID) -> Job:
    """The job as it is now."""
    return document_as(Job, document_of(_get(principal, f"/jobs/{job_id}")))


def job_cancel(*, principal: Principal, job_id: UUID) -> Job:
    """The job, told to stop. `Refused` with 409 when it is over."""
    return document_as(Job, document_of(_send(principal, "POST", f"/jobs/{job_id}/cancel", None)))


def job_retry(*, principal: Principal, job_id: UUID) -> Job:
    """The job, queued again. `Refused` with 409 unless it failed or was canceled."""
    return document_as(Job, document_of(_send(principal, "POST", f"/jobs/{job_id}/retry", None)))


def owner_withhold(*, token: str) -> None:
    """Have nothing of the person served any more; ``token`` is auth's, for this alone."""
    _call(None, "POST", "/owner/withhold", headers={"Authorization": f"Bearer {token}"})


def owner_release(*, token: str) -> None:
    """Have what was withheld served again; ``token`` is auth's, for this alone."""
    _call(None, "POST", "/owner/release", headers={"Authorization": f"Bearer {token}"})


def usage_of(*, principal: Principal) -> Usage:
    """What the caller stores, and may store."""
    return document_as(Usage, document_of(_get(principal, "/usage")))


def status_get() -> ImagesStatus:
    """What images knows about its own health; acts for nobody."""
    reply = _call(None, "GET", "/status", headers={}, timeout_s=STATUS_S)
    return document_as(ImagesStatus, document_of(reply))


def _versioned(kind: type[Value], reply: Reply) -> Versioned[Value]:
    return Versioned(document_as(kind, document_of(reply)), reply.headers.get("ETag"))


def _get(
    principal: Principal, path: str, *, query: Query | None = None, headers: Query | None = None
) -> Reply:
    target = f"{path}?{urlencode(query)}" if query else path
    return _call(principal, "GET", target, headers=headers or {})


def _send(
    principal: Principal,
    method: str,
    path: str,
    document: Mapping[str, Any] | None,
    *,
    headers: Query | None = None,
) -> Reply:
    if document is None:
        return _call(principal, method, path, headers=headers or {})
    typed = {**(headers or {}), "Content-Type": "application/json"}
    return _call(principal, method, path, headers=typed, body=orjson.dumps(document))


def _call(
    principal: Principal | None,
    method: str,
    path: str,
    *,
    headers: Mapping[str, str],
    body: bytes | SupportsRead | None = None,
    timeout_s: float | None = None,
) -> Reply:
    """Call with both tokens; a service token that is not taken is replaced and tried once more.

    The gateway verified the person's token a moment ago, so a 401 is about its own credential
    unless the code says otherwise. A person must not be signed out for a fault of our set-up.
    """

    def attempt() -> Reply:
        return _attempt(principal, method, path, headers=headers, body=body, timeout_s=timeout_s)

    try:
        return attempt()
    except Refused as refusal:
        if refusal.status != UNAUTHORIZED or refusal.code == "token_revoked":
            raise
        if not (body is None or isinstance(body, bytes)):
            raise UpstreamUnavailable(ROLE) from refusal
    try:
        return attempt()
    except Refused as refusal:
        if refusal.status != UNAUTHORIZED or refusal.code in ABOUT_THE_PERSON:
            raise
        raise UpstreamUnavailable(ROLE) from refusal


def _attempt(
    principal: Principal | None,
    method: str,
    path: str,
    *,
    headers: Mapping[str, str],
    body: bytes | SupportsRead | None,
    timeout_s: float | None,
) -> Reply:
    token = service_token(ROLE)
    raw = token.value()
    credentials = {"X-Service-Authorization": f"Bearer {raw}"}
    if principal is not None:
        credentials["Authorization"] = f"Bearer {principal.token_for(ROLE)}"
    sent = {**headers, **credentials}
    try:
        return call(ROLE, method, f"{ROOT}{path}", headers=sent, body=body, timeout_s=timeout_s)
    except Refused as refusal:
        if refusal.status == UNAUTHORIZED:
            token.forget(raw)
        raise
