"""Signing in with a passkey, and the second step after a password."""

from rest_framework.request import Request
from rest_framework.response import Response

from accounts import rate_limits
from accounts.api import refusals
from accounts.api.cookies import device_cookie_set
from accounts.api.factor_shapes import (
    ChallengeIn,
    PasskeyAnswerIn,
    PasskeyOptionsOut,
    SecondFactorIn,
    second_proof,
)
from accounts.api.limited import AddressLimitedView
from accounts.api.origins import pages_origin
from accounts.api.responses import TokensOut
from accounts.api.sign_in import device_of, tokens_given
from accounts.services.passkeys import PasskeyAnswer, passkey_options, passkey_sign_in
from accounts.services.second_step import second_step_complete, second_step_options
from platform_site.kit.rest.descriptions import described
from platform_site.kit.rest.openapi import answer_header
from platform_site.kit.rest.rate_limits import client_address

UNPROVED = {**refusals.FACTOR_INCORRECT, 401: "`invalid_credentials`: the account is closed"}


class PasskeySignInOptions(AddressLimitedView):
    """Sign in with a passkey."""

    policy = rate_limits.SECOND_STEP_BY_ADDRESS

    @described(
        "auth_login_passkey_options",
        tag="auth",
        replies={200: PasskeyOptionsOut},
        refusals={**refusals.LIMITED, **refusals.UNAVAILABLE},
        anonymous=True,
    )
    def post(self, request: Request) -> Response:
        """What the browser is to do with any passkey that it has for these pages."""
        asked = passkey_options(
            "passkey.sign_in", bound_to="", origin=pages_origin(request), user_id=None
        )
        return Response(PasskeyOptionsOut(dict(asked.options), asked.state))


class PasskeySignIn(AddressLimitedView):
    """Open a session with a passkey alone."""

    policy = rate_limits.LOGIN_BY_ADDRESS

    @described(
        "auth_login_passkey",
        tag="auth",
        request=PasskeyAnswerIn,
        parameters=[answer_header("Set-Cookie", 200)],
        replies={200: TokensOut},
        refusals={**UNPROVED, **refusals.LIMITED, **refusals.UNAVAILABLE},
        anonymous=True,
    )
    def post(self, request: Request) -> Response:
        """Sign in with the browser's answer; a passkey verifies the person, so nothing follows."""
        body = PasskeyAnswerIn(data=request.data)
        body.is_valid(raise_exception=True)
        pair = passkey_sign_in(
            answer=PasskeyAnswer(body.validated_data["state"], body.validated_data["credential"]),
            device=device_of(request),
            address=client_address(request),
            origin=pages_origin(request),
        )
        return tokens_given(pair, in_body=body.validated_data["mode"] == "token")


class SecondFactorOptions(AddressLimitedView):
    """The second step by a passkey."""

    policy = rate_limits.SECOND_STEP_BY_ADDRESS

    @described(
        "auth_login_second_factor_options",
        tag="auth",
        request=ChallengeIn,
        replies={200: PasskeyOptionsOut},
        refusals={**refusals.FACTOR_INCORRECT, **refusals.LIMITED, **refusals.UNAVAILABLE},
        anonymous=True,
    )
    def post(self, request: Request) -> Response:
        """What the browser is to do with a passkey of the account."""
        body = ChallengeIn(data=request.data)
        body.is_valid(raise_exception=True)
        asked = second_step_options(
            challenge=body.validated_data["challenge"], origin=pages_origin(request)
        )
        return Response(PasskeyOptionsOut(dict(asked.options), asked.state))


class SecondFactor(AddressLimitedView):
    """The second step."""

    policy = rate_limits.SECOND_STEP_BY_ADDRESS

    @described(
        "auth_login_second_factor",
        tag="auth",
        request=SecondFactorIn,
        parameters=[answer_header("Set-Cookie", 200)],
        replies={200: TokensOut},
        refusals={**UNPROVED, **refusals.LIMITED, **refusals.UNAVAILABLE},
        anonymous=True,
    )
    def post(self, request: Request) -> Response:
        """Finish signing in with the second factor that `second_factor_required` asked for."""
        body = SecondFactorIn(data=request.data)
        body.is_valid(raise_exception=True)
        done = second_step_complete(
            challenge=body.validated_data["challenge"],
            proof=second_proof(body.validated_data),
            device=device_of(request),
            address=client_address(request),
            origin=pages_origin(request),
            remember=body.validated_data["remember_device"],
        )
        response = tokens_given(done.pair, in_body=body.validated_data["mode"] == "token")
        if done.device_token:
            device_cookie_set(response, done.device_token)
        return response
