"""What was done, by whom and from where. Rows are added; nobody changes or removes one."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from accounts.audit_chain import AuditContent
from platform_site.kit.identifiers import uuid7


class AuditEntry(models.Model):
    """One act, and its place in one of the chains (`accounts.audit_chain`).

    ``user_id`` is whose account it is about and ``by_id`` who acted, ``None`` for nobody known and
    for the platform. They are no foreign keys: an entry outlives the account.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shard = models.PositiveSmallIntegerField(editable=False)
    sequence = models.PositiveBigIntegerField(editable=False)
    previous_hash = models.CharField(max_length=64, editable=False)
    hash = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField("at", default=timezone.now, editable=False)
    act = models.CharField(max_length=60, editable=False)
    outcome = models.CharField(max_length=20, editable=False)
    user_id = models.UUIDField("account", null=True, editable=False)
    by_id = models.UUIDField("by", null=True, editable=False)
    target = models.CharField(max_length=200, blank=True, editable=False)
    address = models.CharField(max_length=45, blank=True, editable=False)
    device = models.CharField(max_length=200, blank=True, editable=False)
    request_id = models.CharField("request", max_length=64, blank=True, editable=False)
    details = models.JSONField(default=dict, editable=False)

    class Meta:
        db_table = "accounts_audit_entry"
        verbose_name_plural = "audit entries"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["shard", "sequence"], name="accounts_audit_in_a_chain")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-created_at", "-id"], name="accounts_audit_by_time"),
            models.Index(fields=["user_id", "-created_at", "-id"], name="accounts_audit_by_user"),
            models.Index(fields=["address", "-created_at"], name="accounts_audit_by_address"),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.created_at:%Y-%m-%d %H:%M:%S}"

    def content(self) -> AuditContent:
        """What it says, as it is hashed."""
        return AuditContent(
            id=self.id,
            at=self.created_at,
            act=self.act,
            outcome=self.outcome,
            user=self.user_id,
            by=self.by_id,
            target=self.target,
            address=self.address,
            device=self.device,
            request=self.request_id,
            details=self.details,
        )


class AuditHead(models.Model):
    """A signature over the newest entry of every chain. Rows are added, as those of entries.

    ``jws`` is compact, by the key that signs access tokens: `accounts.services.audit_exports`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField("at", default=timezone.now, editable=False)
    kid = models.CharField(max_length=200, editable=False)
    jws = models.TextField(editable=False)

    class Meta:
        db_table = "accounts_audit_head"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-created_at", "-id"], name="accounts_audit_head_by_time")
        ]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M:%S}"


class AuditDelivery(models.Model):
    """How far the entries of a chain have been sent to ``AUDIT_WEBHOOK_URL``.

    Nobody else sends of this chain before ``due_at``: that is the end of a sender's lease, or of
    the pause after ``attempts`` that failed. ``under_way`` is the last entry of a batch that was
    sent and not confirmed, so that it is sent as it was; 0 for none.
    """

    shard = models.PositiveSmallIntegerField(primary_key=True)
    sequence = models.PositiveBigIntegerField(default=0)
    under_way = models.PositiveBigIntegerField(default=0, db_default=0)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "accounts_audit_delivery"
        verbose_name_plural = "audit deliveries"

    def __str__(self) -> str:
        return f"{self.shard}: {self.sequence}"
