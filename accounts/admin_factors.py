"""What an account proves itself with, on its page in the admin: to look at, never a secret."""

from datetime import UTC, datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.models import Authenticator, Passkey, RememberedDevice
from accounts.services.authenticators import STEP_S


class ShownInline(admin.TabularInline):  # type: ignore[type-arg]
    """Rows of an account that its owner makes and removes; the staff reset them all at once."""

    extra = 0
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Only with the secret in hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Nothing of it is for the staff to change."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Sessions would not hear of it; see the action that resets factors."""
        return False


class AuthenticatorInline(ShownInline):
    """The authenticator app."""

    model = Authenticator
    fields = readonly_fields = ("created_at", "confirmed_at", "last_used_at")

    @admin.display(description="last used at")
    def last_used_at(self, row: Authenticator) -> datetime | None:
        """The step of the last code that was taken, which is 30 seconds long."""
        return datetime.fromtimestamp(row.last_step * STEP_S, UTC) if row.last_step else None


class PasskeyInline(ShownInline):
    """Passkeys."""

    model = Passkey
    fields = readonly_fields = (
        "name",
        "created_at",
        "last_used_at",
        "backup_eligible",
        "backed_up",
    )


class RememberedDeviceInline(ShownInline):
    """Browsers where the second factor is not asked for."""

    model = RememberedDevice
    fields = readonly_fields = ("device", "created_at", "expires_at")
    verbose_name_plural = "remembered browsers"


INLINES = (AuthenticatorInline, PasskeyInline, RememberedDeviceInline)
