"""Passwords set in Django's admin: one's own, and by the staff that of somebody else."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.forms import AdminPasswordChangeForm as OwnPasswordChangeForm
from django.contrib.auth.forms import AdminPasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from accounts import rate_limits
from accounts.models import ApiKey, User
from accounts.services.api_keys import api_keys_revoke
from accounts.services.audit import audit_actor, audit_record
from accounts.services.notices import notice_queue
from accounts.services.sessions import sessions_close_all
from platform_site.kit.rest.rate_limits import LimiterUnavailable, RateLimited


class AccountPasswordForm(AdminPasswordChangeForm):  # type: ignore[type-arg]
    """A password set by the staff; whoever knew the old one is signed out."""

    def save(self, commit: bool = True) -> User:  # noqa: FBT001, FBT002 - Django's signature
        """Store the password, end every session and API key of the account, and tell its owner."""
        with transaction.atomic():
            user = cast("User", super().save(commit))
            by = audit_actor()
            audit_record("password.set_by_staff", user_id=user.id, by=by)
            if by == user.id:
                notice_queue(user=user, act="password.change")
            else:
                notice_queue(user=user, act="password.set_by_staff", is_of_staff=True)
        sessions_close_all(user_id=user.id)
        api_keys_revoke(ApiKey.objects.filter(user_id=user.id), by=None)
        user.refresh_from_db(fields=["sign_out_epoch"])  # who changed their own goes on here
        return user


class OwnPasswordForm(OwnPasswordChangeForm):
    """Another password for whoever is signed in here, with the one of now."""

    def clean_old_password(self) -> str:
        """Count the guess, and look at it. Raises ``ValidationError``."""
        user = self.user
        try:
            # By account: whoever stole a session here keeps the owner from nothing on the pages.
            rate_limits.PASSWORD_BY_SESSION.count(f"admin.{user.id}").require()
        except (RateLimited, LimiterUnavailable) as exc:
            raise ValidationError(f"{exc.title}. Try again later.", code=exc.code) from exc
        try:
            return super().clean_old_password()
        except ValidationError:
            audit_record(
                "password.check", user_id=user.id, by=None, target="admin", outcome="refused"
            )
            raise

    def save(self, commit: bool = True) -> User:  # noqa: FBT001, FBT002 - Django's signature
        """Store the password, end every session of the account, and tell its owner."""
        with transaction.atomic():
            user = super().save(commit)
            audit_record("password.change", user_id=user.id, by=user.id)
            notice_queue(user=user, act="password.change")
        sessions_close_all(user_id=user.id)
        user.refresh_from_db(fields=["sign_out_epoch"])  # and this session goes on
        return user


def own_password_changed(
    request: HttpRequest, extra_context: dict[str, Any] | None = None
) -> HttpResponseBase:
    """In place of the page of Django's `AdminSite`, whose form cannot be chosen."""
    request.current_app = admin.site.name
    view = PasswordChangeView.as_view(
        form_class=OwnPasswordForm,
        success_url=reverse("admin:password_change_done", current_app=admin.site.name),
        extra_context={**admin.site.each_context(request), **(extra_context or {})},
    )
    return view(request)
