"""API keys in Django's admin: to look at and to revoke. What is kept of the keys is not shown."""

from typing import cast

from django.contrib import admin
from django.http import HttpRequest

from accounts.models import ApiKey, ApiKeyQuerySet, User
from accounts.services.api_keys import api_keys_revoke


class ApiKeyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """API keys of everybody. They are made by their owners alone, and removed by housekeeping."""

    list_display = (
        "prefix",
        "name",
        "user",
        "scopes",
        "created_at",
        "expires_at",
        "last_used_at",
        "last_used_address",
        "revoked_at",
    )
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    list_select_related = ("user",)
    search_fields = ("id", "prefix", "name", "user__email")
    ordering = ("-created_at",)
    actions = ("revoke",)
    fields = ("id", *list_display[:4], "addresses", *list_display[4:])
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Nobody but its owner may ever see a key."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:  # noqa: ARG002
        """A row that is gone would be on no deny list."""
        return False

    @admin.action(description="Revoke", permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: ApiKeyQuerySet) -> None:
        """End the chosen keys everywhere."""
        staff = cast("User", request.user)
        chosen = ApiKey.objects.filter(id__in=list(queryset.values_list("id", flat=True)))
        self.message_user(request, f"Revoked: {api_keys_revoke(chosen, by=staff.id)}.")
