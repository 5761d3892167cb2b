"""The e-mail address: shown to be the person's own, and changed."""

from rest_framework.request import Request
from rest_framework.response import Response

from accounts import rate_limits
from accounts.api import refusals
from accounts.api.email_shapes import EmailChangeOut, EmailIn, TokenIn
from accounts.api.limited import AddressLimitedView
from accounts.api.responses import AcceptedOut
from accounts.api.signed_in import SignedInView
from accounts.services.email_change import email_change_begin, email_change_confirm
from accounts.services.verification import email_verify, verification_send
from platform_site.kit.rest.descriptions import described

LINK_REFUSALS = {400: "`link_invalid`, `invalid` or `unknown_field`", **refusals.LIMITED}


class EmailVerification(AddressLimitedView):
    """The link in the mail after registration."""

    policy = rate_limits.LINK_BY_ADDRESS

    @described(
        "auth_email_verify",
        tag="auth",
        request=TokenIn,
        replies={204: None},
        refusals={**LINK_REFUSALS, **refusals.UNAVAILABLE},
        anonymous=True,
    )
    def post(self, request: Request) -> Response:
        """Verify the address to which the link was sent."""
        body = TokenIn(data=request.data)
        body.is_valid(raise_exception=True)
        email_verify(token=body.validated_data["token"])
        return Response(status=204)


class EmailVerificationMail(SignedInView):
    """That mail once more."""

    @described(
        "auth_email_verification_send",
        tag="auth",
        replies={202: AcceptedOut},
        refusals={
            **refusals.SIGNED_IN,
            **refusals.NO_MAIL,
            **refusals.LIMITED,
            **refusals.UNAVAILABLE,
        },
    )
    def post(self, request: Request) -> Response:
        """Send me the link that verifies my address; nothing is sent for one that is verified."""
        verification_send(user=self.session(request).user)
        return Response(AcceptedOut("accepted"), status=202)


class EmailChanging(SignedInView):
    """Another address."""

    @described(
        "auth_email_change",
        tag="auth",
        request=EmailIn,
        replies={202: AcceptedOut},
        refusals={
            **refusals.INVALID,
            **refusals.FRESH,
            **refusals.NO_MAIL,
            **refusals.LIMITED,
            **refusals.UNAVAILABLE,
        },
    )
    def post(self, request: Request) -> Response:
        """Change my address once the links are followed that are sent to it and to the old one.

        An old address that was never verified is only told.
        """
        session = self.session(request)
        body = EmailIn(data=request.data)
        body.is_valid(raise_exception=True)
        email_change_begin(session=session, email=body.validated_data["email"])
        return Response(AcceptedOut("accepted"), status=202)


class EmailConfirmation(AddressLimitedView):
    """A link in one of the two mails of a change."""

    policy = rate_limits.LINK_BY_ADDRESS

    @described(
        "auth_email_confirm",
        tag="auth",
        request=TokenIn,
        replies={200: EmailChangeOut},
        refusals={**LINK_REFUSALS, **refusals.UNAVAILABLE},
        anonymous=True,
    )
    def post(self, request: Request) -> Response:
        """Confirm the change at one address; it happens with the last."""
        body = TokenIn(data=request.data)
        body.is_valid(raise_exception=True)
        return Response(EmailChangeOut(email_change_confirm(token=body.validated_data["token"])))
