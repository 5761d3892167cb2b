"""Registering, signing in, staying signed in, signing out."""

from typing import Any

from django.http import HttpRequest
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import rate_limits
from accounts.api import responses
from accounts.api.cookie_authentication import SessionCookieAuthentication
from accounts.api.cookies import (
    refresh_cookie_clear,
    refresh_cookie_read,
    refresh_cookie_set,
)
from accounts.api.limited import AddressLimitedView
from accounts.api.requests import AcceptedOut, LoginIn, RefreshIn, RegisterIn, TokensOut
from accounts.api.signed_in import SignedInView
from accounts.services.refreshes import session_refresh
from accounts.services.sessions import TokenPair, session_close, session_open, sessions_close_all
from accounts.services.users import user_register
from platform_site.kit.auth.authentication import UserAuthentication
from platform_site.kit.auth.tokens import TokenInvalid
from platform_site.kit.rest.openapi import answer_header
from platform_site.kit.rest.rate_limits import client_address, counted_address


class Register(AddressLimitedView):
    """Make an account."""

    policy = rate_limits.REGISTER_TRIES_BY_ADDRESS

    @extend_schema(
        operation_id="auth_register",
        tags=["auth"],
        auth=[],
        request=RegisterIn,
        responses={
            202: AcceptedOut,
            400: responses.INVALID,
            403: OpenApiResponse(description="`registration_closed`"),
            429: responses.LIMITED,
            503: responses.UNAVAILABLE,
        },
    )
    def post(self, request: Request) -> Response:
        """Make an account. The reply does not tell whether the address had one already."""
        body = RegisterIn(data=request.data)
        body.is_valid(raise_exception=True)
        user_register(**body.validated_data, counted_as=counted_address(request))
        return Response({"status": "accepted"}, status=202)


class Login(AddressLimitedView):
    """Open a session."""

    policy = rate_limits.LOGIN_BY_ADDRESS

    @extend_schema(
        operation_id="auth_login",
        tags=["auth"],
        auth=[],
        request=LoginIn,
        parameters=[answer_header("Set-Cookie", 200)],
        responses={
            200: TokensOut,
            400: responses.INVALID,
            401: OpenApiResponse(description="`invalid_credentials`"),
            429: responses.LIMITED,
            503: responses.UNAVAILABLE,
        },
    )
    def post(self, request: Request) -> Response:
        """Sign in: an access token, and the refresh token as a cookie or in the body."""
        body = LoginIn(data=request.data)
        body.is_valid(raise_exception=True)
        pair = session_open(
            email=body.validated_data["email"],
            password=body.validated_data["password"],
            device=_device(request),
            address=client_address(request),
        )
        return _tokens_reply(pair, in_body=body.validated_data["mode"] == "token")


class Refresh(AddressLimitedView):
    """Keep a session."""

    policy = rate_limits.REFRESH_BY_ADDRESS
    from_cookie = False

    @extend_schema(
        operation_id="auth_refresh",
        tags=["auth"],
        auth=[],
        request=RefreshIn,
        parameters=[answer_header("Set-Cookie", 200, 401)],
        responses={
            200: TokensOut,
            400: responses.INVALID,
            401: OpenApiResponse(
                description="`token_invalid`, `token_expired`, `session_expired`, "
                "`token_revoked` or `token_reuse_detected`"
            ),
            403: OpenApiResponse(description="`origin_not_allowed`"),
            429: responses.LIMITED,
            503: responses.UNAVAILABLE,
        },
    )
    def post(self, request: Request) -> Response:
        """A new pair. The token comes from the body, else from the cookie, and goes back there."""
        body = RefreshIn(data=request.data)
        body.is_valid(raise_exception=True)
        in_body: str = body.validated_data.get("refresh", "")
        raw = in_body or refresh_cookie_read(request)
        self.from_cookie = not in_body
        if not raw:
            raise TokenInvalid("There is no refresh token in the body or in a cookie.")
        pair = session_refresh(raw=raw, address=client_address(request))
        return _tokens_reply(pair, in_body=bool(in_body))

    def handle_exception(self, exc: Exception) -> Response:
        """The refusal; a cookie that will never be good again is taken away with it."""
        response = super().handle_exception(exc)
        if self.from_cookie and isinstance(exc, TokenInvalid):
            refresh_cookie_clear(response)
        return response


class SigningOutView(SignedInView):
    """Takes the refresh cookie where the access token has ended: leaving is never refused."""

    authentication_classes = (SessionCookieAuthentication, UserAuthentication)

    def handle_exception(self, exc: Exception) -> Response:
        """The refusal; a cookie that is of no use is taken away with it."""
        response = super().handle_exception(exc)
        if isinstance(exc, TokenInvalid):
            refresh_cookie_clear(response)
        return response


class Logout(SigningOutView):
    """End this session, with any token of it."""

    write_scope = ""

    @extend_schema(
        operation_id="auth_logout",
        tags=["auth"],
        request=None,
        parameters=[answer_header("Set-Cookie", 204)],
        responses={
            204: responses.NOTHING,
            401: responses.UNAUTHENTICATED,
            403: OpenApiResponse(description="`origin_not_allowed`"),
            503: responses.UNAVAILABLE,
        },
    )
    def post(self, request: Request) -> Response:
        """Sign out here; the refresh cookie alone will do, from one of our pages."""
        session = self.session(request)
        session_close(session_id=session.id, user_id=session.user_id)
        return signed_out()


class LogoutAll(SigningOutView):
    """End every session of the caller."""

    @extend_schema(
        operation_id="auth_logout_all",
        tags=["auth"],
        request=None,
        parameters=[answer_header("Set-Cookie", 204)],
        responses={
            204: responses.NOTHING,
            401: responses.UNAUTHENTICATED,
            403: OpenApiResponse(
                description="`origin_not_allowed`, `permission_denied`, `account_closing`"
            ),
            503: responses.UNAVAILABLE,
        },
    )
    def post(self, request: Request) -> Response:
        """Sign out everywhere, here too; the refresh cookie alone will do."""
        sessions_close_all(user_id=self.session(request).user_id)
        return signed_out()


def signed_out() -> Response:
    """204, and the browser forgets the refresh cookie."""
    response = Response(status=204)
    refresh_cookie_clear(response)
    return response


def _tokens_reply(pair: TokenPair, *, in_body: bool) -> Response:
    body: dict[str, Any] = {
        "access": pair.access,
        "expires_in": pair.expires_in,
        "token_type": "Bearer",
    }
    if in_body:
        return Response({**body, "refresh": pair.refresh})
    response = Response(body)
    refresh_cookie_set(response, pair)
    return response


def _device(request: HttpRequest | Request) -> str:
    words = request.headers.get("User-Agent", "")
    return "".join(char for char in words if char.isprintable())
