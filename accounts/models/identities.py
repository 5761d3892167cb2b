"""Who somebody is at a provider of single sign-on."""

from typing import ClassVar, Final

from django.db import models
from django.utils import timezone

from accounts.models.users import User
from platform_site.kit.identifiers import uuid7

PROVIDER_LENGTH: Final = 40
SUBJECT_LENGTH: Final = 255
"""OpenID Connect Core 1.0, section 2: at most so many characters of ASCII."""


class Identity(models.Model):
    """An account at a provider, by which its owner signs in as ``user``.

    ``subject`` is the provider's own name of it and never changes; ``email`` may, and says nothing
    of who may sign in.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="identities")
    provider = models.CharField(max_length=PROVIDER_LENGTH, editable=False)
    subject = models.CharField(max_length=SUBJECT_LENGTH, editable=False)
    email = models.CharField(
        max_length=254, blank=True, editable=False, help_text="As the provider last said."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name_plural = "identities"
        ordering: ClassVar[list[str]] = ["created_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["provider", "subject"], name="accounts_identity_is_one_account"
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider}: {self.email or self.subject}"


class SpentState(models.Model):
    """A state that has come back from a provider, kept until it would have expired anyway."""

    digest = models.CharField(primary_key=True, max_length=64, editable=False)
    spent_at = models.DateTimeField(default=timezone.now, editable=False, db_index=True)

    def __str__(self) -> str:
        return self.digest
