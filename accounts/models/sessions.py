"""Where somebody is signed in."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models.users import User
from platform_site.kit.identifiers import uuid7


class SessionQuerySet(models.QuerySet["Session"]):
    """Sessions by what can still be done with them."""

    def live(self, *, at: datetime | None = None) -> "SessionQuerySet":
        """Those that are neither ended nor expired ``at`` (``None`` = now)."""
        return self.filter(revoked_at=None, expires_at__gt=at or timezone.now())


class Session(models.Model):
    """One sign-in on one device: a family of refresh tokens of which the newest is good.

    Only digests of the tokens are kept. ``previous_refresh_hash`` is that of the token which the
    last rotation replaced, empty before the first rotation.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    refresh_hash = models.CharField(max_length=64, editable=False)
    previous_refresh_hash = models.CharField(max_length=64, blank=True, editable=False)
    rotated_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_seen_at = models.DateTimeField(default=timezone.now, editable=False)
    authenticated_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)
    """When the person last proved who they are; dangerous acts ask for a recent proof."""
    methods = models.CharField(
        max_length=60, default="pwd", db_default="pwd", help_text="How: words of RFC 8176."
    )
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    device = models.CharField(max_length=200, blank=True, help_text="The user agent's own words.")
    address = models.CharField(max_length=45, blank=True, help_text="Where it was last seen.")

    has_factor: bool
    """As the user's: on rows of `accounts.selectors.session_signed_in`."""

    objects = SessionQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user", "-created_at", "-id"], name="accounts_session_by_user"),
            models.Index(fields=["expires_at"], name="accounts_session_by_expiry"),
            models.Index(fields=["revoked_at"], name="accounts_session_by_end"),
        ]

    def __str__(self) -> str:
        return str(self.id)
