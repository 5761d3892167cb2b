"""Mail that is to be sent, or was."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from platform_site.kit.identifiers import uuid7


class MailQuerySet(models.QuerySet["Mail"]):
    """Mails by what is to become of them."""

    def waiting(self) -> "MailQuerySet":
        """Those that are neither sent nor given up."""
        return self.filter(sent_at=None, failed_at=None)


class Mail(models.Model):
    """One mail to one person, written in the transaction of what it tells.

    ``context`` holds what its template asks for, sealed, links with their tokens among it; it is
    emptied as soon as the mail is sent. ``user_id`` is no foreign key: the last mail
    about an account outlives it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=40, editable=False)
    user_id = models.UUIDField(null=True, blank=True, editable=False, db_index=True)
    recipient = models.CharField(max_length=254, editable=False)
    language = models.CharField(max_length=8, editable=False)
    context = models.TextField(blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False, db_index=True)
    due_at = models.DateTimeField(default=timezone.now, editable=False)
    """When it is tried next, by whoever comes first."""
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    failed_at = models.DateTimeField(null=True, blank=True, editable=False)
    """When it was given up."""
    error = models.CharField(
        max_length=100, blank=True, editable=False, help_text="Why the last try failed."
    )

    objects = MailQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            # Asked for every few seconds, and true of next to none.
            models.Index(
                fields=["due_at"],
                condition=models.Q(sent_at=None, failed_at=None),
                name="accounts_mail_by_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
