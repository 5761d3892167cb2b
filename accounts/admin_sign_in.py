"""Signing in to Django's admin: the password, and the second factor with it."""

from typing import Any, cast

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts import metrics, rate_limits
from accounts.errors import FactorIncorrect, FactorNotFound
from accounts.models import User
from accounts.services.audit import audit_record
from accounts.services.second_step import code_proved
from accounts.services.sign_in import login_try, sign_in_refused
from platform_site.kit.bounded import Busy
from platform_site.kit.rest.rate_limits import (
    LimiterUnavailable,
    RateLimited,
    client_address,
    network_of,
)


class SignInForm(AdminAuthenticationForm):
    """The way in, where guesses are counted together with those at the API.

    Passkeys belong to the host of the pages, which is not the admin's: here codes are taken.
    """

    code = forms.CharField(
        label="Code of your authenticator, or a recovery code",
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
    )

    def clean(self) -> dict[str, Any]:
        """Count the try, then look at the password."""
        try:
            address = client_address(cast("HttpRequest", self.request))
            rate_limits.LOGIN_BY_ADDRESS.count(network_of(address)).require()
            email = self.cleaned_data.get("username", "")
            # The API's own counts: two doors with a lock each would give twice the guesses.
            user, tried = login_try(email=email, address=address)
        except (RateLimited, LimiterUnavailable) as exc:
            raise ValidationError(f"{exc.title}. Try again later.", code=exc.code) from exc
        try:
            cleaned = super().clean()
        except ValidationError:
            tried.failed()
            sign_in_refused(user=user, email=email)
            raise
        except Busy as exc:
            tried.uncount()
            raise ValidationError(f"{exc.title}. Try again.", code=exc.code) from exc
        if entered := self.get_user():
            tried.forget()  # the password was right
            methods = _second_step(entered, self.cleaned_data.get("code", ""))
            metrics.LOGINS.labels("succeeded").inc()
            audit_record("admin.sign_in", user_id=entered.pk, by=entered.pk, methods=methods)
        return cleaned

    def confirm_login_allowed(self, user: User) -> None:
        """Nobody whose account is going to be deleted comes in. Raises ``ValidationError``."""
        super().confirm_login_allowed(user)
        if user.deletion_due_at is not None:
            raise self.get_invalid_login_error()


def _second_step(user: User, code: str) -> str:
    """By what ``user`` has come in. Raises ``ValidationError``."""
    try:
        return code_proved(user=user, code=code)
    except FactorNotFound as exc:
        words = "The staff need a second factor: add one on the page Security of your account."
        raise ValidationError(words, code=exc.code) from exc
    except FactorIncorrect as exc:
        words = "Type the code of your authenticator, or a recovery code; each is good once."
        raise ValidationError(words, code=exc.code) from exc
    except (RateLimited, LimiterUnavailable) as exc:
        raise ValidationError(f"{exc.title}. Try again later.", code=exc.code) from exc
