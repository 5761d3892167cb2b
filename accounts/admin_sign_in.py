"""Signing in to Django's admin: the password, and the second factor with it."""

import json
from typing import Any, cast

import orjson
from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts import metrics, rate_limits
from accounts.errors import ChallengeInvalid, FactorIncorrect, FactorNotFound
from accounts.models import User
from accounts.relying_party import passkeys_usable, relying_party_id
from accounts.services.audit import audit_record
from accounts.services.links import site_origin
from accounts.services.passkeys import PasskeyAnswer
from accounts.services.second_step import code_proved, passkey_asked, passkey_proved
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

    Passkeys belong to the host of the pages. Where the admin is reached by another name, as through
    a port-forward, browsers do not use them: there codes are taken.
    """

    code = forms.CharField(
        label="Code of your authenticator, or a recovery code",
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
    )

    passkey = forms.CharField(max_length=20_000, required=False, widget=forms.HiddenInput)
    """State and answer in JSON, from the script of the page."""

    @property
    def passkey_host(self) -> str:
        """Where passkeys work."""
        return relying_party_id(site_origin())

    @property
    def passkeys_are_taken(self) -> bool:
        """Whether the browser can use a passkey of the platform on this page."""
        here = cast("HttpRequest", self.request).build_absolute_uri("/").rstrip("/")
        return passkeys_usable(here=here, origin=site_origin())

    def passkey_asked(self) -> str:
        """What the script asks the browser for, in JSON: of nobody's passkey in particular."""
        asked = passkey_asked(origin=site_origin())
        return json.dumps({"options": asked.options, "state": asked.state}, default=dict)

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
            given = self.cleaned_data
            methods = _second_step(entered, given.get("code", ""), given.get("passkey", ""))
            metrics.LOGINS.labels("succeeded").inc()
            audit_record("admin.sign_in", user_id=entered.pk, by=entered.pk, methods=methods)
        return cleaned

    def confirm_login_allowed(self, user: User) -> None:
        """Nobody whose account is going to be deleted comes in. Raises ``ValidationError``."""
        super().confirm_login_allowed(user)
        if user.deletion_due_at is not None:
            raise self.get_invalid_login_error()


def _second_step(user: User, code: str, passkey: str) -> str:
    """By what ``user`` has come in. Raises ``ValidationError``."""
    try:
        if passkey:
            return passkey_proved(user=user, answer=_answer(passkey), origin=site_origin())
        return code_proved(user=user, code=code)
    except FactorNotFound as exc:
        words = "The staff need a second factor: add one on the page Security of your account."
        raise ValidationError(words, code=exc.code) from exc
    except ChallengeInvalid as exc:
        words = "That took longer than five minutes, or was sent twice. Use the passkey once more."
        raise ValidationError(words, code=exc.code) from exc
    except FactorIncorrect as exc:
        words = "Type the code of your authenticator, or a recovery code; each is good once."
        if passkey:
            words = "That passkey is not one of this account."
        raise ValidationError(words, code=exc.code) from exc
    except (RateLimited, LimiterUnavailable) as exc:
        raise ValidationError(f"{exc.title}. Try again later.", code=exc.code) from exc


def _answer(text: str) -> PasskeyAnswer:
    """What the script has sent. Raises `FactorIncorrect`."""
    try:
        said = orjson.loads(text)
    except orjson.JSONDecodeError as exc:
        raise FactorIncorrect from exc
    match said:
        case {"state": str(state), "credential": dict(credential)}:
            return PasskeyAnswer(state, credential)
    raise FactorIncorrect
