"""What was done for good, until the audit has it."""

from django.db import models
from django.utils import timezone

from platform_site.kit.identifiers import uuid7


class ImageAct(models.Model):
    """One act, written in its own transaction, and removed when auth has taken it.

    ``id`` becomes that of the audit's entry. ``by_id`` is who acted, ``None`` for the platform;
    address, device and request are those of the request in hand.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    act = models.CharField(max_length=60)
    owner_id = models.UUIDField()
    by_id = models.UUIDField(null=True)
    target = models.CharField(max_length=200, blank=True, default="")
    address = models.CharField(max_length=45, blank=True, default="")
    device = models.CharField(max_length=200, blank=True, default="")
    request_id = models.CharField(max_length=64, blank=True, default="")
    details = models.JSONField(default=dict)

    class Meta:
        db_table = "images_act"

    def __str__(self) -> str:
        return f"{self.act} {self.id}"
