"""The published keys."""

from typing import Final

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request

from accounts import rate_limits
from accounts.api import responses
from accounts.api.limited import AddressLimitedView
from accounts.api.requests import JwksOut
from accounts.signing_keys import current_keyset

MAX_AGE_S: Final = 300


class Jwks(AddressLimitedView):
    """The JSON Web Key Set (RFC 7517) that other roles, and anyone else, verify tokens with."""

    policy = rate_limits.JWKS_BY_ADDRESS

    @extend_schema(
        operation_id="auth_jwks",
        tags=["auth"],
        auth=[],
        responses={
            200: JwksOut,
            304: OpenApiResponse(description="As in the `ETag` that was sent"),
            429: responses.LIMITED,
        },
    )
    def get(self, request: Request) -> HttpResponseBase:
        """Every key, also those that do not sign yet or any more."""
        keyset = current_keyset()
        headers = {"ETag": keyset.etag, "Cache-Control": f"public, max-age={MAX_AGE_S}"}
        response = HttpResponse(keyset.document, "application/json", headers=headers)
        conditional = get_conditional_response(request._request, keyset.etag, None, response)  # noqa: SLF001
        return conditional or response
