"""Links to providers of single sign-on in Django's admin."""

from django.contrib import admin
from django.http import HttpRequest

from accounts.models import Identity


class IdentityAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The accounts at providers that open accounts here, to look at; an account unlinks them."""

    list_display = ("provider", "email", "user", "created_at", "last_used_at")
    list_filter = ("provider",)
    list_select_related = ("user",)
    search_fields = ("user__email", "email", "subject")
    fields = ("user", "provider", "subject", "email", "created_at", "last_used_at")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Links are made by signing in."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Identity | None = None) -> bool:  # noqa: ARG002
        """See the action of accounts, which is recorded and ends sessions."""
        return False
