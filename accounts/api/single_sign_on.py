"""What a browser asks on its way through a provider."""

from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import rate_limits
from accounts.api import refusals
from accounts.api.cookies import device_cookie_read, refresh_cookie_set
from accounts.api.identities_shapes import (
    SignOnBeginIn,
    SignOnBegunOut,
)
from accounts.api.limited import AddressLimitedView
from accounts.api.sign_in import device_of
from accounts.errors import SecondFactorRequired
from accounts.services.single_sign_on import (
    ATTEMPT_S,
    SignOnBegun,
    SignOnEnded,
    sign_on_begin,
    sign_on_finish,
)
from platform_site.kit.rest.descriptions import described
from platform_site.kit.rest.openapi import answer_header
from platform_site.kit.rest.rate_limits import client_address

COOKIE: Final = "sso"
COOKIE_PATH: Final = "/auth/sso"
SIGN_IN_PAGE: Final = "/sign-in"
ANSWERED: Final = ("Location", "Set-Cookie", "RateLimit", "RateLimit-Policy")
RETURNED: Final = ("code", "state", "iss", "error")
"""What a return may say (RFC 6749, 4.1.2, and RFC 9207); nothing else is looked at."""


class SignOnBegin(AddressLimitedView):
    """A sign-in through a provider, at its beginning."""

    policy = rate_limits.SSO_BY_ADDRESS

    @described(
        "auth_sso_begin",
        tag="auth",
        request=SignOnBeginIn,
        parameters=[answer_header("Set-Cookie", 200)],
        replies={200: SignOnBegunOut},
        refusals={
            **refusals.INVALID,
            404: "`sso_provider_not_found`",
            **refusals.LIMITED,
            502: "`sso_answer_invalid`",
            503: "`sso_provider_unavailable` or `limiter_unavailable`, with `Retry-After`",
        },
        anonymous=True,
    )
    def post(self, request: Request, provider: str) -> Response:
        """Begin to sign in through `provider`: send the browser to `url` within ten minutes."""
        body = SignOnBeginIn(data=request.data)
        body.is_valid(raise_exception=True)
        return begun(
            sign_on_begin(
                provider_id=provider,
                return_path=body.validated_data["return_path"],
                origin=pages_origin(request),
            )
        )


class SignOnCallback(AddressLimitedView):
    """A sign-in through a provider, at its end. A browser asks, so each answer sends it on."""

    policy = rate_limits.SSO_BY_ADDRESS

    @described(
        "auth_sso_callback",
        tag="auth",
        parameters=[
            *(OpenApiParameter(name, str) for name in RETURNED),
            *(answer_header(name, 303) for name in ANSWERED),
        ],
        replies={
            303: OpenApiResponse(
                description="To `return_path`, signed in; or to `/sign-in#sso_error=` and a code."
            )
        },
        refusals={404: "`not_found`: no provider has such an id"},
        anonymous=True,
    )
    def get(self, request: Request, provider: str) -> Response:
        """Where a provider sends the browser back to."""
        ended = sign_on_finish(
            provider_id=provider,
            returned=_returned(request),
            cookie=request.COOKIES.get(COOKIE, ""),
            device=device_of(request),
            address=client_address(request),
            remembered=device_cookie_read(request),
        )
        response = _sent_on(_destination(ended))
        if ended.pair is not None:
            refresh_cookie_set(response, ended.pair)
        return response

    def handle_exception(self, exc: Exception) -> Response:
        """A refusal of any kind, as a code for the page of signing in."""
        response = super().handle_exception(exc)
        if self.request.method != "GET":
            return response
        return _sent_on(_with_error(SIGN_IN_PAGE, str(response.data["code"])))


def begun(attempt: SignOnBegun) -> Response:
    """Where the browser goes, and the cookie that waits for its return.

    ``SameSite=Lax``: the return is a navigation from the provider's pages.
    """
    response = Response(SignOnBegunOut(attempt.url))
    _cookie_set(response, attempt.cookie, max_age=ATTEMPT_S)
    return response


def pages_origin(request: Request) -> str:
    """Where our pages are, as the provider has to know them."""
    origin: str = settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
    return origin


def _returned(request: Request) -> dict[str, str]:
    """The parameters, each at most once (RFC 6749, 3.1): one that is repeated counts for none."""
    lists = {name: request.query_params.getlist(name) for name in RETURNED}
    return {name: values[0] for name, values in lists.items() if len(values) == 1}


def _destination(ended: SignOnEnded) -> str:
    if ended.refusal is None:
        return ended.return_path
    if isinstance(ended.refusal, SecondFactorRequired):
        step = ended.refusal.members
        asked = {"challenge": step["challenge"], "methods": ",".join(step["methods"])}
        return f"{_sign_in_page(ended.return_path)}#{urlencode(asked)}"
    page = ended.return_path if ended.is_linking else _sign_in_page(ended.return_path)
    return _with_error(page, ended.refusal.code)


def _sign_in_page(return_path: str) -> str:
    """The page of signing in, which goes on to where the person was going."""
    if return_path in {"", "/"}:
        return SIGN_IN_PAGE
    return f"{SIGN_IN_PAGE}?{urlencode({'next': return_path})}"


def _with_error(page: str, code: str) -> str:
    return f"{page}#{urlencode({'sso_error': code})}"


def _sent_on(path: str) -> Response:
    """To ``path`` of these pages; the attempt is over, and its address stays nowhere."""
    response = Response(status=303, headers={"Location": path})
    _cookie_set(response, "", max_age=0)
    return response


def _cookie_set(response: HttpResponse, value: str, *, max_age: int) -> None:
    response.set_cookie(
        COOKIE,
        value,
        max_age=max_age,
        path=COOKIE_PATH,
        secure=settings.REFRESH_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
