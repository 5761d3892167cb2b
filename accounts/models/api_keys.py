"""Keys by which programs act for somebody."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models.users import User
from platform_site.kit.identifiers import uuid7


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    """Keys by what can still be done with them."""

    def live(self, *, at: datetime | None = None) -> "ApiKeyQuerySet":
        """Those that are neither revoked nor expired ``at`` (``None`` = now)."""
        ends = Q(expires_at=None) | Q(expires_at__gt=at or timezone.now())
        return self.filter(ends, revoked_at=None)


class ApiKey(models.Model):
    """A key of a person, for one program; the key itself is shown once and kept nowhere.

    ``digest`` is peppered with the account key named ``digest_key``; a use renews both when that
    key is not the newest. ``prefix`` is what lists show of it. ``scopes`` are words that a space
    parts, ``addresses`` networks from which alone it is taken (empty = from everywhere), and
    ``seen_from`` the last networks that it came from.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    digest_key = models.CharField(max_length=64, editable=False)
    scopes = models.CharField(max_length=200, editable=False)
    addresses: "models.JSONField[list[str]]" = models.JSONField(default=list, editable=False)
    seen_from: "models.JSONField[list[str]]" = models.JSONField(default=list, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_address = models.CharField(max_length=45, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = "API key"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user", "-created_at", "-id"], name="accounts_api_key_by_user"),
            models.Index(fields=["expires_at"], name="accounts_api_key_by_expiry"),
            models.Index(fields=["revoked_at"], name="accounts_api_key_by_end"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
