"""The audit as a person sees it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from rest_framework import serializers

from accounts.api.responses import PAGE_URL, explained
from accounts.models import AuditEntry
from platform_site.kit.rest.serializers import StrictSerializer

Actor = Literal["you", "staff", "platform", "unknown"]


class AuditQuery(StrictSerializer):
    """Which of my entries."""

    act = serializers.RegexField(
        r"\A[a-z_]{1,30}(\.[a-z_]{1,29})?\Z",
        required=False,
        help_text="`factor.add`, or `factor` for it and all of `factor.`.",
    )


@dataclass(frozen=True, slots=True)
class AuditEntryOut:
    """One act at the caller's account."""

    id: UUID
    at: datetime
    act: str = field(metadata=explained("A noun, or a noun and a verb: `sign_in`, `factor.add`."))
    outcome: Literal["succeeded", "refused"]
    target: str = field(metadata=explained("The id of what it was done to; empty for the account."))
    address: str = field(metadata=explained("Empty for what the staff or the platform did."))
    device: str
    details: dict[str, str]
    by: Actor = field(metadata=explained("`unknown` of who tried, and did not show to be you."))


@dataclass(frozen=True, slots=True)
class AuditPageOut:
    """Newest first."""

    results: list[AuditEntryOut]
    next: str | None = field(metadata=PAGE_URL)
    previous: str | None = field(metadata=PAGE_URL)


def audit_entry_response(entry: AuditEntry) -> AuditEntryOut:
    """An entry as the person whose account it is about sees it: not where the staff sit."""
    by = _actor(entry)
    shows_place = by in {"you", "unknown"}
    details: dict[str, Any] = entry.details
    return AuditEntryOut(
        id=entry.id,
        at=entry.created_at,
        act=entry.act,
        outcome="succeeded" if entry.outcome == "succeeded" else "refused",
        target=entry.target,
        address=entry.address if shows_place else "",
        device=entry.device if shows_place else "",
        details=details,
        by=by,
    )


def _actor(entry: AuditEntry) -> Actor:
    if entry.by_id is None:
        return "unknown" if entry.outcome == "refused" else "platform"
    return "you" if entry.by_id == entry.user_id else "staff"
