"""What somebody proves beside a password: an authenticator, passkeys, recovery codes, devices."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from accounts.models.users import User
from platform_site.kit.identifiers import uuid7


class Authenticator(models.Model):
    """The app of a user that shows one-time passwords (RFC 6238); counts once it is confirmed."""

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, primary_key=True, related_name="authenticator"
    )
    sealed_secret = models.TextField(editable=False)
    last_step = models.BigIntegerField(default=0, editable=False)
    """The time step (RFC 6238) of the last password that was taken; none before it is good."""
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)

    def __str__(self) -> str:
        return str(self.user_id)


class RecoveryCode(models.Model):
    """A code for somebody who has lost the other factors; good once. Only its digest is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64, editable=False)
    used_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "digest"], name="accounts_recovery_code_once")
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Passkey(models.Model):
    """A WebAuthn credential of a user. Its private key never leaves the authenticator."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=80)
    credential_id = models.CharField(max_length=1400, unique=True, editable=False)
    """As the browser spells it: base64url without padding."""
    credential = models.BinaryField(editable=False)
    """Attested credential data (WebAuthn, 6.5.1): the id again, and the public key."""
    sign_count = models.BigIntegerField(default=0, editable=False)
    """The highest that was seen; 0 for authenticators that do not count."""
    backup_eligible = models.BooleanField(default=False, editable=False)
    backed_up = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    def __str__(self) -> str:
        return self.name


class RememberedDevice(models.Model):
    """A browser where the second factor is not asked for, until ``expires_at``.

    ``sign_in_state`` is that of the user when it was remembered: another password, or signing out
    everywhere, ends it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="remembered_devices")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    sign_in_state = models.CharField(max_length=64, editable=False)
    device = models.CharField(max_length=200, blank=True, help_text="The user agent's own words.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.id)


class SpentChallenge(models.Model):
    """A challenge that was answered, kept until it would have expired: none is good twice."""

    id = models.UUIDField(primary_key=True, editable=False)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.id)
