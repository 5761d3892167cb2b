"""Revocation of tokens by whoever holds them (RFC 7009)."""

from typing import Final, cast

from django.http import QueryDict
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import rate_limits
from accounts.api import refusals
from accounts.api.api_key_shapes import RevokeIn
from accounts.api.limited import AddressLimitedView
from accounts.services.token_revocation import token_revoke
from platform_site.kit.rest.codecs import FormParser
from platform_site.kit.rest.descriptions import described

TAKEN: Final = ("token", "token_type_hint")


class Revocation(AddressLimitedView):
    """Clients are public: that somebody holds the token is all that they prove."""

    parser_classes = (FormParser,)
    policy = rate_limits.REVOKE_BY_ADDRESS

    @described(
        "auth_revoke",
        tag="auth",
        request={"application/x-www-form-urlencoded": RevokeIn},
        replies={200: None},
        refusals={
            400: "`invalid`, `unsupported_token_type`",
            **refusals.LIMITED,
            **refusals.UNAVAILABLE,
        },
        anonymous=True,
    )
    def post(self, request: Request) -> Response:
        """End what the token belongs to: the session of an access or refresh token, or an API key.

        200 for a token that is worth nothing, too: what was wanted is so. `token_type_hint`
        changes nothing, for each type is known by its form.
        """
        # What a client sends beside these is not looked at (RFC 6749, 3.2).
        sent = cast("QueryDict", request.data)
        known = {name: sent[name] for name in TAKEN if name in sent}
        body = RevokeIn(data=known)
        body.is_valid(raise_exception=True)
        token_revoke(raw=body.validated_data["token"])
        return Response(status=200)
