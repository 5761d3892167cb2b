"""The refresh cookie: how it is set, when it is believed."""

from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.errors import OriginNotAllowed
from accounts.services.sessions import TokenPair

NAME: Final = "refresh"
DEVICE_NAME: Final = "remembered_device"
PATH: Final = "/auth"


def refresh_cookie_set(response: HttpResponse, pair: TokenPair) -> None:
    """Keep the refresh token where no script can read it and no other site can send it."""
    response.set_cookie(
        NAME,
        pair.refresh,
        max_age=pair.refresh_expires_in,
        path=PATH,
        secure=settings.REFRESH_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def device_cookie_set(response: HttpResponse, token: str) -> None:
    """Let the browser show that it is remembered, to this role's routes from our pages alone."""
    response.set_cookie(
        DEVICE_NAME,
        token,
        max_age=settings.REMEMBERED_DEVICE_LIFETIME_S,
        path=PATH,
        secure=settings.REFRESH_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def device_cookie_read(request: HttpRequest) -> str:
    """What a remembered browser shows; empty for any other."""
    return str(request.COOKIES.get(DEVICE_NAME, ""))


def refresh_cookie_clear(response: HttpResponse) -> None:
    """Make the browser forget it."""
    response.set_cookie(
        NAME,
        "",
        max_age=0,
        expires="Thu, 01 Jan 1970 00:00:00 GMT",
        path=PATH,
        secure=settings.REFRESH_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def refresh_cookie_read(request: HttpRequest) -> str:
    """The token in the cookie, empty without one. Raises `OriginNotAllowed`.

    A browser names the page's origin on every POST, so a request without one is refused too.
    """
    raw = request.COOKIES.get(NAME, "")
    if raw and not _origin_is_ours(request):
        raise OriginNotAllowed
    return raw


def _origin_is_ours(request: HttpRequest) -> bool:
    origin = request.headers.get("Origin", "")
    if origin in settings.TRUSTED_ORIGINS:
        return True
    try:
        page = urlsplit(origin)
    except ValueError:  # such as "http://[", which no browser sends
        return False
    # A page without TLS can be anybody on the way to it, whatever host it names.
    if page.scheme == "http" and request.is_secure():
        return False
    return page.scheme in {"http", "https"} and page.netloc == request.get_host()
