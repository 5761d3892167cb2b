"""A forgotten password."""

from rest_framework.request import Request
from rest_framework.response import Response

from accounts import rate_limits
from accounts.api import refusals
from accounts.api.email_shapes import EmailIn, PasswordResetIn
from accounts.api.emails import LINK_REFUSALS
from accounts.api.limited import AddressLimitedView
from accounts.api.responses import AcceptedOut
from accounts.services.password_reset import reset_confirm, reset_request
from platform_site.kit.rest.descriptions import described
from platform_site.kit.rest.rate_limits import counted_address


class PasswordReset(AddressLimitedView):
    """Asking for the link."""

    policy = rate_limits.RESET_TRIES_BY_ADDRESS

    @described(
        "auth_password_reset",
        tag="auth",
        request=EmailIn,
        replies={202: AcceptedOut},
        refusals={
            **refusals.INVALID,
            **refusals.NO_MAIL,
            **refusals.LIMITED,
            **refusals.UNAVAILABLE,
        },
        anonymous=True,
    )
    def post(self, request: Request) -> Response:
        """Send a link for a new password, if the address has an account; the reply is the same."""
        body = EmailIn(data=request.data)
        body.is_valid(raise_exception=True)
        reset_request(email=body.validated_data["email"], counted_as=counted_address(request))
        return Response(AcceptedOut("accepted"), status=202)


class PasswordConfirmation(AddressLimitedView):
    """Following it."""

    policy = rate_limits.LINK_BY_ADDRESS

    @described(
        "auth_password_confirm",
        tag="auth",
        request=PasswordResetIn,
        replies={204: None},
        refusals={**LINK_REFUSALS, **refusals.UNAVAILABLE},
        anonymous=True,
    )
    def post(self, request: Request) -> Response:
        """Set a new password with the link. Every session ends; sign in with the new password."""
        body = PasswordResetIn(data=request.data)
        body.is_valid(raise_exception=True)
        reset_confirm(**body.validated_data)
        return Response(status=204)
