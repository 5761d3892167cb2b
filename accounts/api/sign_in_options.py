"""What the sign-in page may offer."""

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import rate_limits
from accounts.api import refusals
from accounts.api.email_shapes import ProviderOut, SignInOptionsOut
from accounts.api.limited import AddressLimitedView
from accounts.oidc.providers import providers_known
from platform_site.kit.rest.descriptions import described


class SignInOptions(AddressLimitedView):
    """The ways in."""

    policy = rate_limits.OPTIONS_BY_ADDRESS

    @described(
        "auth_sign_in_options",
        tag="auth",
        replies={200: SignInOptionsOut},
        refusals=refusals.LIMITED,
        anonymous=True,
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """How one can sign in here, and whether one can register."""
        return Response(
            SignInOptionsOut(
                registration_open=settings.REGISTRATION_OPEN,
                passkeys=True,
                password_reset=settings.MAILS_ENABLED,
                providers=[ProviderOut(one.id, one.name) for one in providers_known().values()],
            )
        )
