"""Links in mails that may be used once, and what waits for them."""

from typing import Any

from django.db import models
from django.utils import timezone

from accounts.fields import EmailLoginField
from accounts.models.users import User
from platform_site.kit.identifiers import uuid7


class Link(models.Model):
    """What the token of one link may still do; the row is gone once it has been used.

    ``digest`` is of the token, ``binding`` of what the link would change as it was then: when that
    is something else by now, the link is dead.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="links")
    purpose = models.CharField(max_length=40, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    binding = models.CharField(max_length=64, editable=False)
    data: "models.JSONField[dict[str, Any]]" = models.JSONField(default=dict, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(editable=False, db_index=True)

    def __str__(self) -> str:
        return str(self.id)


class EmailChange(models.Model):
    """The address that an account is to have, once those who were asked have confirmed it.

    An account has one at most: a new wish takes the place of the one before.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="email_change")
    new_email = EmailLoginField(max_length=254, editable=False)
    old_confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)
    new_confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return str(self.id)
