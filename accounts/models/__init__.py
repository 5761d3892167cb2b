"""The rows of this app, a module for each subject."""

from accounts.models.api_keys import ApiKey, ApiKeyQuerySet
from accounts.models.audit import AuditDelivery, AuditEntry, AuditHead
from accounts.models.factors import (
    Authenticator,
    Passkey,
    RecoveryCode,
    RememberedDevice,
    SpentChallenge,
)
from accounts.models.identities import Identity, SpentState
from accounts.models.links import EmailChange, Link
from accounts.models.mails import Mail, MailQuerySet
from accounts.models.receipts import ExportNotice, Receipt, ReceiptKey
from accounts.models.sessions import Session, SessionQuerySet
from accounts.models.users import User, UserManager, UserQuerySet

__all__ = [
    "ApiKey",
    "ApiKeyQuerySet",
    "AuditDelivery",
    "AuditEntry",
    "AuditHead",
    "Authenticator",
    "EmailChange",
    "ExportNotice",
    "Identity",
    "Link",
    "Mail",
    "MailQuerySet",
    "Passkey",
    "Receipt",
    "ReceiptKey",
    "RecoveryCode",
    "RememberedDevice",
    "Session",
    "SessionQuerySet",
    "SpentChallenge",
    "SpentState",
    "User",
    "UserManager",
    "UserQuerySet",
]
