"""What auth knows of a person, for the person: one document, without anything that is secret."""

from typing import Any, Final
from uuid import UUID

from accounts.models import AuditEntry, Session, User
from accounts.services.audit import audit_record

PROFILE: Final = (
    *("id", "email", "name", "language", "email_verified_at", "is_staff", "created_at"),
    *("last_login", "deletion_due_at", "restored_at"),
)
SESSION: Final = (
    *("id", "created_at", "last_seen_at", "authenticated_at", "methods", "expires_at"),
    *("revoked_at", "device", "address"),
)
AUDIT: Final = (*("id", "created_at", "act", "outcome", "target", "address", "device", "details"),)
NEWEST: Final = 1_000
"""Entries of the audit that are told: the document travels as one message of a megabyte at most."""


def account_document(*, session: Session) -> dict[str, Any]:
    """All that is known of the owner of ``session``, who has it exported."""
    user_id = session.user_id
    audit_record("export.request", user_id=user_id, by=user_id)
    return {
        "profile": User.objects.values(*PROFILE).get(id=user_id),
        "sessions": _rows(Session, user_id, SESSION),
        "audit": _newest(AuditEntry, user_id, AUDIT),
    }


def _rows(model: Any, user_id: UUID, fields: tuple[str, ...]) -> list[dict[str, Any]]:
    return list(model.objects.filter(user_id=user_id).order_by("pk").values(*fields))


def _newest(model: Any, user_id: UUID, fields: tuple[str, ...]) -> list[dict[str, Any]]:
    found = model.objects.filter(user_id=user_id).order_by("-created_at", "-id")
    return list(found.values(*fields)[:NEWEST])
