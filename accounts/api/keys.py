"""The published keys."""

from typing import Final

from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from drf_spectacular.utils import OpenApiResponse

from accounts import rate_limits
from accounts.api import refusals
from accounts.api.limited import AddressLimitedView
from accounts.api.responses import JwksOut
from accounts.signing_keys import current_keyset
from platform_site.kit.rest.descriptions import described
from platform_site.kit.rest.hot_reads import HotRequest, hot, json_response

MAX_AGE_S: Final = 300


class Jwks(AddressLimitedView):
    """The JSON Web Key Set (RFC 7517) that other roles, and anyone else, verify tokens with."""

    policy = rate_limits.JWKS_BY_ADDRESS


@hot(
    Jwks,
    described(
        "auth_jwks",
        tag="auth",
        replies={200: JwksOut, 304: OpenApiResponse(description="As in the `ETag` that was sent")},
        refusals=refusals.LIMITED,
        anonymous=True,
    ),
)
def jwks(read: HotRequest) -> HttpResponseBase:
    """Every key, also those that do not sign yet or any more."""
    keyset = current_keyset()
    headers = {"ETag": keyset.etag, "Cache-Control": f"public, max-age={MAX_AGE_S}"}
    response = json_response(keyset.document, headers=headers)
    return get_conditional_response(read.http, keyset.etag, None, response) or response
