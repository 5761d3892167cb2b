"""Calls to images about what was done there for good, which the audit is to have."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson

from accounts.audit_chain import AuditContent
from accounts.tokens import service_token_issue
from platform_site.kit.upstream.http import UpstreamUnavailable, upstream
from platform_site.kit.upstream.replies import Reply

ROLE: Final = "images"
PATH: Final = "/internal/v1/acts"
TIMEOUT_S: Final = 10.0
OK, NO_CONTENT = 200, 204


def acts_waiting() -> list[AuditContent]:
    """The oldest acts that images still keeps. Raises `UpstreamUnavailable`."""
    reply = _ask("GET")
    if reply.status != OK:
        raise UpstreamUnavailable(ROLE)
    try:
        return [_act(row) for row in reply.json()["results"]]
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        raise UpstreamUnavailable(ROLE) from exc


def acts_taken(ids: Collection[UUID]) -> None:
    """Have images forget acts that the audit has. Raises `UpstreamUnavailable`."""
    if _ask("POST", orjson.dumps({"ids": list(ids)})).status != NO_CONTENT:
        raise UpstreamUnavailable(ROLE)


def _act(row: Mapping[str, Any]) -> AuditContent:
    at = datetime.fromisoformat(row["at"])
    if at.tzinfo is None:
        raise ValueError(row["at"])
    return AuditContent(
        id=UUID(row["id"]),
        at=at,
        act=str(row["act"]),
        outcome="succeeded",
        user=UUID(row["owner_id"]),
        by=UUID(row["by_id"]) if row["by_id"] else None,
        target=str(row["target"]),
        address=str(row["address"]),
        device=str(row["device"]),
        request=str(row["request_id"]),
        details={str(name): str(value) for name, value in row["details"].items()},
    )


def _ask(method: str, body: bytes | None = None) -> Reply:
    ours = service_token_issue(client_id="auth", audience=ROLE)
    headers = {"X-Service-Authorization": f"Bearer {ours}"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    return upstream(ROLE).request(method, PATH, headers=headers, body=body, timeout_s=TIMEOUT_S)
