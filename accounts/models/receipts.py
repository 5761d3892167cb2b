"""What is kept of an account that was deleted: that a receipt was given. Nothing tells whose."""

from django.db import models
from django.utils import timezone


class Receipt(models.Model):
    """A receipt that was signed; ``digest`` is the SHA-256 of its text, in hexadecimal."""

    id = models.UUIDField(primary_key=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return str(self.id)


class ReceiptKey(models.Model):
    """The public half of a key that has signed receipts, kept for as long as these are shown.

    ``thumbprint`` is that of RFC 7638. Signing keys retire after weeks, a receipt does not.
    """

    thumbprint = models.CharField(max_length=43, primary_key=True, editable=False)
    jwk = models.JSONField(editable=False)
    first_used_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return self.thumbprint


class ExportNotice(models.Model):
    """An export of images of which the owner has been told; the id is the export's."""

    id = models.UUIDField(primary_key=True, editable=False)
    ready_at = models.DateTimeField(editable=False, db_index=True)

    def __str__(self) -> str:
        return str(self.id)
