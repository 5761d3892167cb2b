"""Registering, signing in, staying signed in, signing out."""

from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import rate_limits
from accounts.api import refusals
from accounts.api.cookie_authentication import SessionCookieAuthentication
from accounts.api.cookies import (
    device_cookie_read,
    refresh_cookie_clear,
    refresh_cookie_read,
    refresh_cookie_set,
)
from accounts.api.limited import AddressLimitedView
from accounts.api.requests import LoginIn, RefreshIn, RegisterIn
from accounts.api.responses import AcceptedOut, TokensOut, tokens_response
from accounts.api.signed_in import SignedInView
from accounts.services.mails import accepted_language
from accounts.services.refreshes import session_refresh
from accounts.services.sessions import TokenPair, session_close, sessions_close_all
from accounts.services.sign_in import session_open
from accounts.services.users import user_register
from platform_site.kit.auth.authentication import UserAuthentication
from platform_site.kit.auth.tokens import TokenInvalid
from platform_site.kit.rest.descriptions import described
from platform_site.kit.rest.hot_reads import HotRequest, hot, json_response
from platform_site.kit.rest.openapi import answer_header
from platform_site.kit.rest.problems import problem_response
from platform_site.kit.rest.rate_limits import client_address, counted_address
from platform_site.kit.rest.serializers import texts_of


class Registration(AddressLimitedView):
    """Make an account."""

    policy = rate_limits.REGISTER_TRIES_BY_ADDRESS

    @described(
        "auth_register",
        tag="auth",
        request=RegisterIn,
        replies={202: AcceptedOut},
        refusals={
            **refusals.INVALID,
            403: "`registration_closed`",
            **refusals.LIMITED,
            **refusals.UNAVAILABLE,
        },
        anonymous=True,
    )
    def post(self, request: Request) -> Response:
        """Make an account. The reply does not tell whether the e-mail address had one already."""
        body = RegisterIn(data=request.data)
        body.is_valid(raise_exception=True)
        user_register(
            **body.validated_data,
            counted_as=counted_address(request),
            language=accepted_language(request.headers.get("Accept-Language", "")),
        )
        return Response(AcceptedOut("accepted"), status=202)


class SignIn(AddressLimitedView):
    """Open a session."""

    policy = rate_limits.LOGIN_BY_ADDRESS

    @described(
        "auth_login",
        tag="auth",
        request=LoginIn,
        parameters=[answer_header("Set-Cookie", 200)],
        replies={200: TokensOut},
        refusals={
            **refusals.INVALID,
            401: "`invalid_credentials`; `second_factor_required` with `challenge` and `methods`",
            403: "`email_unverified`",
            **refusals.LIMITED,
            **refusals.UNAVAILABLE,
        },
        anonymous=True,
    )
    def post(self, request: Request) -> Response:
        """Sign in: an access token, and the refresh token as a cookie or in the body."""
        body = LoginIn(data=request.data)
        body.is_valid(raise_exception=True)
        pair = session_open(
            email=body.validated_data["email"],
            password=body.validated_data["password"],
            device=device_of(request),
            address=client_address(request),
            remembered=device_cookie_read(request),
        )
        return tokens_given(pair, in_body=body.validated_data["mode"] == "token")


class SessionRefresh(AddressLimitedView):
    """Keep a session."""

    policy = rate_limits.REFRESH_BY_ADDRESS


@hot(
    SessionRefresh,
    described(
        "auth_refresh",
        tag="auth",
        request=RefreshIn,
        parameters=[answer_header("Set-Cookie", 200, 401)],
        replies={200: TokensOut},
        refusals={
            **refusals.INVALID,
            401: "`token_invalid`, `token_expired`, `session_expired`, `token_revoked` "
            "or `token_reuse_detected`",
            403: "`origin_not_allowed`",
            **refusals.LIMITED,
            **refusals.UNAVAILABLE,
        },
        anonymous=True,
    ),
    method="POST",
)
def session_refreshed(read: HotRequest) -> HttpResponse:
    """A new pair. The token comes from the body, else from the cookie, and goes back there."""
    in_body: str = texts_of(RefreshIn, read.json()).get("refresh", "")
    # A program that sends its token has none of a browser's cookies to be tricked with.
    raw = in_body or refresh_cookie_read(read.http)
    try:
        pair = session_refresh(raw=raw, address=client_address(read.http))
    except TokenInvalid as exc:
        if in_body:
            raise
        # A cookie that will never be good again is taken away with the refusal.
        refusal = problem_response(exc, read.http)
        refresh_cookie_clear(refusal)
        return refusal
    response = json_response(tokens_response(pair, with_refresh=bool(in_body)))
    if not in_body:
        refresh_cookie_set(response, pair)
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


class SignOut(SigningOutView):
    """End this session, with any token of it."""

    write_scope = ""

    @described(
        "auth_logout",
        tag="auth",
        parameters=[answer_header("Set-Cookie", 204)],
        replies={204: None},
        refusals={
            401: refusals.SIGNED_IN[401],
            403: "`origin_not_allowed`",
            **refusals.UNAVAILABLE,
        },
    )
    def post(self, request: Request) -> Response:
        """Sign out here; the refresh cookie alone will do, from one of our pages."""
        session = self.session(request)
        session_close(session_id=session.id, user_id=session.user_id)
        return signed_out()


class SignOutEverywhere(SigningOutView):
    """End every session of the caller."""

    @described(
        "auth_logout_all",
        tag="auth",
        parameters=[answer_header("Set-Cookie", 204)],
        replies={204: None},
        refusals={
            401: refusals.SIGNED_IN[401],
            403: "`origin_not_allowed`, `permission_denied`, `account_closing`",
            **refusals.UNAVAILABLE,
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


def tokens_given(pair: TokenPair, *, in_body: bool) -> Response:
    """The pair; for a browser the refresh token goes into a cookie."""
    response = Response(tokens_response(pair, with_refresh=in_body))
    if not in_body:
        refresh_cookie_set(response, pair)
    return response


def device_of(request: HttpRequest | Request) -> str:
    """The user agent's own words."""
    # It is shown in lists and logs, so nothing in it may move a cursor or begin a line.
    agent = request.headers.get("User-Agent", "")
    return "".join(char for char in agent if char.isprintable())
