"""Accounts and sessions in Django's admin."""

from typing import Any, Final, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse

from accounts import selectors
from accounts.admin_api_keys import ApiKeyAdmin
from accounts.admin_audit import AuditAdmin
from accounts.admin_factors import INLINES
from accounts.admin_identities import IdentityAdmin
from accounts.admin_passwords import AccountPasswordForm, own_password_changed
from accounts.admin_sign_in import SignInForm
from accounts.errors import DeletionBegun
from accounts.models import (
    ApiKey,
    AuditEntry,
    Identity,
    Mail,
    MailQuerySet,
    Session,
    SessionQuerySet,
    User,
)
from accounts.services.closing import account_close, account_restore
from accounts.services.factors import factors_reset
from accounts.services.identities import identities_unlink_all
from accounts.services.mails import mails_retry
from accounts.services.sessions import sessions_close, sessions_close_all
from accounts.services.users import account_disable, account_unlock

RIGHTS: Final = ("is_staff", "is_superuser", "groups", "user_permissions")

admin.site.login_form = SignInForm
admin.site.login_template = "accounts/admin_sign_in.html"
admin.site.password_change = own_password_changed  # type: ignore[assignment, method-assign]
admin.site.register(ApiKey, ApiKeyAdmin)
admin.site.register(Identity, IdentityAdmin)
admin.site.register(AuditEntry, AuditAdmin)


class AccountCreationForm(AdminUserCreationForm):  # type: ignore[type-arg]  # not generic when run
    """A new account, by its address."""

    class Meta:
        model = User
        fields = ("email",)
        field_classes: dict[str, type[forms.Field]] = {}


class AccountChangeForm(UserChangeForm):  # type: ignore[type-arg]
    """An account."""

    class Meta:
        model = User
        fields = "__all__"  # the fieldsets below choose
        field_classes: dict[str, type[forms.Field]] = {}


@admin.register(User)
class AccountAdmin(UserAdmin):  # type: ignore[type-arg]
    """Accounts. Deleting one closes it now and deletes it, with its images, some days later."""

    form = AccountChangeForm
    add_form = AccountCreationForm
    change_password_form = AccountPasswordForm
    ordering = ("email",)
    list_display = ("email", "name", "is_active", "is_staff", "deletion_due_at", "last_login")
    list_filter = ("is_active", "is_staff", ("deletion_due_at", admin.EmptyFieldListFilter))
    actions = (
        "unlock_sign_in",
        "reset_factors",
        "unlink_providers",
        "close_accounts",
        "restore_accounts",
    )
    search_fields = ("email", "name")
    inlines = INLINES
    readonly_fields = (
        "id",
        "created_at",
        "last_login",
        "unlocked_at",
        "deletion_due_at",
        "email_verified_at",
        "recovery_codes_left",
    )
    fieldsets = (
        (None, {"fields": ("id", "email", "email_verified_at", "name", "password")}),
        (
            "Rights",
            {"fields": ("is_active", *RIGHTS)},
        ),
        (
            "Times",
            {"fields": ("created_at", "last_login", "unlocked_at", "deletion_due_at")},
        ),
        ("Second factors", {"fields": ("recovery_codes_left",)}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("email", "usable_password", "password1", "password2"),
            },
        ),
    )

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001
        """Store the account; one that was closed, or lost its rights, is signed out."""
        super().save_model(request, obj, form, change)
        if not obj.is_active:
            account_disable(user_id=obj.id)
        elif change and "is_staff" in form.changed_data:
            sessions_close_all(user_id=obj.id)

    @admin.display(description="recovery codes left")
    def recovery_codes_left(self, user: User) -> int:
        """How many the owner may still use."""
        return selectors.recovery_codes_left(user_id=user.id)

    def get_inlines(self, request: HttpRequest, obj: User | None) -> Any:
        """To look at, and no part of the form; an account that is being made has nothing yet."""
        return super().get_inlines(request, obj) if obj and request.method == "GET" else ()

    @admin.action(description="Unlink from providers", permissions=["change"])
    def unlink_providers(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Take the links of the chosen accounts to providers of single sign-on away."""
        by = cast("User", request.user).id
        ids = list(queryset.values_list("id", flat=True))
        count = sum(identities_unlink_all(user_id=user_id, by=by) for user_id in ids)
        self.message_user(request, f"Unlinked: {count}.")

    @admin.action(description="Unlock sign-in", permissions=["change"])
    def unlock_sign_in(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Forget the wrong passwords of the chosen accounts, so that their owners may try."""
        ids = list(queryset.values_list("id", flat=True))
        for user_id in ids:
            account_unlock(user_id=user_id)
        self.message_user(request, f"Unlocked accounts: {len(ids)}.")

    @admin.action(description="Reset second factors", permissions=["change"])
    def reset_factors(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Remove every second factor of the chosen accounts, and end their sessions."""
        ids = list(queryset.values_list("id", flat=True))
        for user_id in ids:
            factors_reset(user_id=user_id, by=cast("User", request.user).id)
        self.message_user(request, f"Accounts without a second factor: {len(ids)}.")

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Only superusers change accounts of the staff: whoever could would have their rights."""
        may = super().has_change_permission(request, obj)
        return may and (obj is None or _is_superuser(request) or not _is_of_staff(obj))

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Nobody but superusers gives rights."""
        fields = super().get_readonly_fields(request, obj)
        return fields if _is_superuser(request) else (*fields, *RIGHTS)

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[User], *args: Any, **options: Any
    ) -> HttpResponse | None:
        """Of the accounts that were chosen, actions are done on those that may be changed."""
        if not _is_superuser(request):
            queryset = queryset.exclude(Q(is_staff=True) | Q(is_superuser=True))
        return super().response_action(request, queryset, *args, **options)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:  # noqa: ARG002
        """Rows are not deleted here: images would not hear of it. See the actions."""
        return False

    @admin.action(description="Delete (can be taken back for some days)", permissions=["change"])
    def close_accounts(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Close the chosen accounts now; housekeeping deletes them when their day has come."""
        days = [account_close(user_id=i) for i in list(queryset.values_list("id", flat=True))]
        if days:
            until = max(days).strftime("%Y-%m-%d %H:%M UTC")
            self.message_user(request, f"Closed: {len(days)}. Deleted for good after {until}.")

    @admin.action(description="Take the deletion back", permissions=["change"])
    def restore_accounts(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Open the chosen accounts again; images hears of it with the next housekeeping."""
        try:
            for user_id in list(queryset.values_list("id", flat=True)):
                account_restore(user_id=user_id)
        except DeletionBegun as exc:
            self.message_user(request, f"{exc.title}.", messages.ERROR)


@admin.register(Session)
class SessionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Sessions, to look at and to end; digests of tokens are not shown."""

    list_display = (
        "id",
        "user",
        "methods",
        "device",
        "address",
        "created_at",
        "last_seen_at",
        "revoked_at",
    )
    list_filter = ("revoked_at",)
    list_select_related = ("user",)
    search_fields = ("id", "user__email", "device")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    actions = ("end_sessions",)
    fields = (
        "id",
        "user",
        "methods",
        "device",
        "address",
        "created_at",
        "authenticated_at",
        "last_seen_at",
        "rotated_at",
        "expires_at",
        "revoked_at",
    )
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Sessions are made by signing in."""
        return False

    def delete_model(self, request: HttpRequest, obj: Session) -> None:
        """End the session, then forget it."""
        self.delete_queryset(request, Session.objects.filter(id=obj.id))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Session]) -> None:  # noqa: ARG002
        """End the sessions, then forget them."""
        ids = list(queryset.values_list("id", flat=True))
        sessions_close(sessions=Session.objects.filter(id__in=ids))
        Session.objects.filter(id__in=ids).delete()

    @admin.action(description="End session", permissions=["change"])
    def end_sessions(self, request: HttpRequest, queryset: SessionQuerySet) -> None:
        """Sign the chosen sessions out everywhere."""
        self.message_user(request, f"Ended sessions: {sessions_close(sessions=queryset)}.")


@admin.register(Mail)
class MailAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The outbox; what the mails say is sealed and not shown."""

    list_display = ("kind", "recipient", "created_at", "sent_at", "failed_at", "attempts", "error")
    list_filter = ("kind", ("sent_at", admin.EmptyFieldListFilter))
    search_fields = ("recipient", "user_id")
    ordering = ("-created_at",)
    actions = ("retry",)
    fields = (
        "id",
        "kind",
        "recipient",
        "user_id",
        "language",
        "created_at",
        "due_at",
        "attempts",
        "error",
        "sent_at",
        "failed_at",
    )
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Mail is written by what it tells of."""
        return False

    @admin.action(description="Send now what is not sent", permissions=["change"])
    def retry(self, request: HttpRequest, queryset: MailQuerySet) -> None:
        """Have the chosen mails tried now; what those said that were sent is forgotten."""
        count = mails_retry(queryset)
        self.message_user(request, f"To be sent: {count}.")


def _is_superuser(request: HttpRequest) -> bool:
    return cast("User", request.user).is_superuser


def _is_of_staff(user: User) -> bool:
    return user.is_staff or user.is_superuser
