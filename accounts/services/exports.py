"""What auth knows of a person, for the person: one document, without anything that is secret."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from accounts.models import (
    ApiKey,
    AuditEntry,
    Authenticator,
    EmailChange,
    Identity,
    Mail,
    Passkey,
    RecoveryCode,
    RememberedDevice,
    Session,
    User,
)
from accounts.services.audit import audit_record
from accounts.services.freshness import fresh_require

PROFILE: Final = (
    *("id", "email", "name", "language", "email_verified_at", "is_staff", "created_at"),
    *("last_login", "deletion_due_at", "restored_at"),
)
SECTIONS: Final[Mapping[str, tuple[Any, tuple[str, ...]]]] = {
    "sessions": (
        Session,
        (
            *("id", "created_at", "last_seen_at", "authenticated_at", "methods", "expires_at"),
            *("revoked_at", "device", "address"),
        ),
    ),
    "api_keys": (
        ApiKey,
        (
            *("id", "name", "prefix", "scopes", "addresses", "seen_from", "created_at"),
            *("expires_at", "last_used_at", "last_used_address", "revoked_at"),
        ),
    ),
    "identities": (
        Identity,
        ("id", "provider", "subject", "email", "created_at", "last_used_at"),
    ),
    "one_time_password_apps": (Authenticator, ("created_at", "confirmed_at")),
    "recovery_codes": (RecoveryCode, ("used_at",)),
    "passkeys": (
        Passkey,
        (
            *("id", "name", "sign_count", "backup_eligible", "backed_up", "created_at"),
            "last_used_at",
        ),
    ),
    "remembered_devices": (RememberedDevice, ("id", "device", "created_at", "expires_at")),
    "mails": (Mail, ("id", "kind", "recipient", "language", "created_at", "sent_at", "failed_at")),
    "email_changes": (
        EmailChange,
        ("id", "new_email", "old_confirmed_at", "new_confirmed_at", "created_at"),
    ),
}
"""What is told of each table with rows of a person: nothing of a secret, not its digest either."""
LEFT_OUT: Final = {"Link": "secrets of a few hours, told by mail"}
"""Tables with rows of a person that an export does not have, and why."""
AUDIT: Final = (*("id", "created_at", "act", "outcome", "target", "address", "device", "details"),)
NEWEST: Final = 1_000
"""Entries of the audit that are told: the document travels as one message of a megabyte at most."""


def account_document(*, session: Session) -> dict[str, Any]:
    """All that is known of the owner of ``session``, who has it exported.

    Raises `ReauthenticationRequired`: whoever finds a session open does not get all there is.
    """
    fresh_require(session)
    user_id = session.user_id
    audit_record("export.request", user_id=user_id, by=user_id)
    return {
        "profile": User.objects.values(*PROFILE).get(id=user_id),
        **{name: _rows(model, user_id, fields) for name, (model, fields) in SECTIONS.items()},
        "audit": _newest(AuditEntry, user_id, AUDIT),
    }


def _rows(model: Any, user_id: UUID, fields: tuple[str, ...]) -> list[dict[str, Any]]:
    return list(model.objects.filter(user_id=user_id).order_by("pk").values(*fields))


def _newest(model: Any, user_id: UUID, fields: tuple[str, ...]) -> list[dict[str, Any]]:
    found = model.objects.filter(user_id=user_id).order_by("-created_at", "-id")
    return list(found.values(*fields)[:NEWEST])
