"""The caller's second factors: the authenticator, recovery codes, remembered browsers."""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import refusals
from accounts.api.factor_shapes import (
    FactorsOut,
    OtpCodeIn,
    OtpSetupOut,
    PasskeyOptionsOut,
    ReauthenticateIn,
    RecoveryCodesOut,
    factors_response,
    passkey_answer,
)
from accounts.api.origins import pages_origin
from accounts.api.signed_in import SignedInView
from accounts.services.authenticators import authenticator_begin
from accounts.services.factors import otp_confirm, otp_remove
from accounts.services.freshness import fresh_require, reauthenticate, reauthenticate_options
from accounts.services.recovery_codes import recovery_codes_renew
from accounts.services.remembered_devices import device_forget
from platform_site.kit.rest.descriptions import described


class FactorList(SignedInView):
    """Second factors."""

    @described("auth_factors", tag="auth", replies={200: FactorsOut}, refusals=refusals.SIGNED_IN)
    def get(self, request: Request) -> Response:
        """What I can prove beside a password who I am by; never a secret."""
        return Response(factors_response(self.session(request)))


class OtpDetail(SignedInView):
    """The authenticator app."""

    @described(
        "auth_otp_begin",
        tag="auth",
        replies={201: OtpSetupOut},
        refusals={**refusals.FRESH, 409: "`factor_exists`: remove it first"},
    )
    def post(self, request: Request) -> Response:
        """A new secret for an authenticator app; it counts once a code of it was confirmed."""
        session = self.session(request)
        fresh_require(session)
        made = authenticator_begin(user=session.user)
        return Response(OtpSetupOut(made.secret, made.uri, made.qr_svg), status=201)

    @described(
        "auth_otp_remove",
        tag="auth",
        replies={204: None},
        refusals={**refusals.FRESH, 404: "`factor_not_found`", **refusals.UNAVAILABLE},
    )
    def delete(self, request: Request) -> Response:
        """Remove the authenticator; my other sessions end.

        This session ends, too, with the last factor of somebody who must have one.
        """
        session = self.session(request)
        fresh_require(session)
        otp_remove(session=session)
        return Response(status=204)


class OtpConfirmation(SignedInView):
    """The authenticator app that was begun."""

    @described(
        "auth_otp_confirm",
        tag="auth",
        request=OtpCodeIn,
        replies={200: RecoveryCodesOut},
        refusals={
            **refusals.FACTOR_INCORRECT,
            **refusals.SIGNED_IN,
            404: "`factor_not_found`: none was begun",
            **refusals.LIMITED,
            **refusals.UNAVAILABLE,
        },
    )
    def post(self, request: Request) -> Response:
        """Let it count, with a code of it; recovery codes come with the first factor."""
        session = self.session(request)
        body = OtpCodeIn(data=request.data)
        body.is_valid(raise_exception=True)
        return Response(RecoveryCodesOut(otp_confirm(session=session, **body.validated_data)))


class RecoveryCodes(SignedInView):
    """Recovery codes."""

    @described(
        "auth_recovery_codes_renew",
        tag="auth",
        replies={201: RecoveryCodesOut},
        refusals={**refusals.FRESH, 404: "`factor_not_found`: there is nothing to recover"},
    )
    def post(self, request: Request) -> Response:
        """New recovery codes; the former are worth nothing any more."""
        session = self.session(request)
        fresh_require(session)
        return Response(RecoveryCodesOut(recovery_codes_renew(user=session.user)), status=201)


class RememberedDeviceDetail(SignedInView):
    """A browser where the second factor is not asked for."""

    @described(
        "auth_remembered_device_forget",
        tag="auth",
        replies={204: None},
        refusals={**refusals.SIGNED_IN, 404: "`factor_not_found`"},
    )
    def delete(self, request: Request, device_id: UUID) -> Response:
        """Ask for the second factor there again."""
        device_forget(device_id=device_id, user_id=self.session(request).user_id)
        return Response(status=204)


class Reauthentication(SignedInView):
    """A recent proof, which dangerous acts ask for."""

    @described(
        "auth_reauthenticate",
        tag="auth",
        request=ReauthenticateIn,
        replies={204: None},
        refusals={
            400: "`password_incorrect`, `factor_incorrect`, `challenge_invalid`, `invalid`",
            **refusals.SIGNED_IN,
            **refusals.LIMITED,
            **refusals.UNAVAILABLE,
        },
    )
    def post(self, request: Request) -> Response:
        """Prove once more who I am; good for five minutes."""
        session = self.session(request)
        body = ReauthenticateIn(data=request.data)
        body.is_valid(raise_exception=True)
        reauthenticate(
            session=session,
            origin=pages_origin(request),
            password=body.validated_data.get("password"),
            code=body.validated_data.get("code"),
            passkey=passkey_answer(body.validated_data),
        )
        return Response(status=204)


class ReauthenticationOptions(SignedInView):
    """A recent proof by a passkey."""

    @described(
        "auth_reauthenticate_options",
        tag="auth",
        replies={200: PasskeyOptionsOut},
        refusals=refusals.SIGNED_IN,
    )
    def post(self, request: Request) -> Response:
        """What the browser is to do with one of my passkeys."""
        asked = reauthenticate_options(session=self.session(request), origin=pages_origin(request))
        return Response(PasskeyOptionsOut(dict(asked.options), asked.state))
