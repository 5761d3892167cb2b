"""What only other roles ask: service tokens, and what a token is worth."""

import base64
import binascii

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import rate_limits
from accounts.api import refusals
from accounts.api.limited import AddressLimitedView
from accounts.api.requests import ClosingIn, IntrospectIn, ServiceTokenIn
from accounts.api.responses import BEARER, ClosedOut, IntrospectOut, RestoredOut, ServiceTokenOut
from accounts.api.signed_in import GATEWAY, ROLE, SignedInView
from accounts.errors import InvalidClient, UnsupportedGrantType
from accounts.owner_images import withhold_token
from accounts.services.clients import service_token_open
from accounts.services.closing import account_close_by_owner, account_restore
from accounts.services.exports import account_document
from accounts.services.introspection import token_introspect
from accounts.tokens import service_lifetime_s
from platform_site.kit.auth.authentication import ServiceAuthentication, ServiceOnlyAuthentication
from platform_site.kit.rest.descriptions import described
from platform_site.kit.rest.hot_reads import HotRequest, hot, json_response
from platform_site.kit.rest.serializers import texts_of


class TokenEndpoint(AddressLimitedView):
    """The token end point for roles (RFC 6749, 4.4)."""

    policy = rate_limits.CLIENT_BY_ADDRESS


@hot(
    TokenEndpoint,
    described(
        "internal_token",
        tag="internal",
        request={"application/x-www-form-urlencoded": ServiceTokenIn},
        replies={200: ServiceTokenOut},
        refusals={
            400: "`invalid`, `unsupported_grant_type`, `invalid_target`",
            401: "`invalid_client`",
            **refusals.LIMITED,
        },
        anonymous=True,
    ),
    method="POST",
)
def service_token(read: HotRequest) -> HttpResponse:
    """Exchange the client's credentials (HTTP Basic) for a token to call ``audience``."""
    client_id, client_secret = _basic_credentials(read.META.get("HTTP_AUTHORIZATION", ""))
    form = texts_of(ServiceTokenIn, read.form())
    if form["grant_type"] != "client_credentials":
        raise UnsupportedGrantType
    token = service_token_open(
        client_id=client_id, client_secret=client_secret, audience=form["audience"]
    )
    return json_response(
        ServiceTokenOut(access_token=token, token_type=BEARER, expires_in=service_lifetime_s())
    )


class RoleView(APIView):
    """For the gateway in its own name."""

    audience, callers = ROLE, GATEWAY
    authentication_classes = (ServiceOnlyAuthentication,)


@hot(
    RoleView,
    described(
        "internal_introspect",
        tag="internal",
        request={"application/x-www-form-urlencoded": IntrospectIn},
        replies={200: IntrospectOut},
        refusals={**refusals.INVALID, 401: refusals.SIGNED_IN[401]},
    ),
    method="POST",
)
def introspection(read: HotRequest) -> HttpResponse:
    """The claims of a live token; only ``active: false`` for any other."""
    form = texts_of(IntrospectIn, read.form())
    return json_response(token_introspect(raw=form["token"]))


class InternalAccount(SignedInView):
    """The account of the person that a role acts for."""

    callers = GATEWAY
    authentication_classes = (ServiceAuthentication,)

    @described(
        "internal_account_delete",
        tag="internal",
        request=ClosingIn,
        replies={202: ClosedOut},
        refusals={
            **refusals.PASSWORD_INCORRECT,
            **refusals.SIGNED_IN,
            **refusals.LIMITED,
            **refusals.UNAVAILABLE,
        },
    )
    def delete(self, request: Request) -> Response:
        """Close the account, by the password or a fresh session; it is deleted some days later."""
        session = self.session(request)
        body = ClosingIn(data=request.data)
        body.is_valid(raise_exception=True)
        due = account_close_by_owner(session=session, password=body.validated_data.get("password"))
        token = withhold_token(user_id=session.user_id)
        return Response(ClosedOut(deletes_at=due, images_token=token), status=202)


class InternalAccountExport(SignedInView):
    """All that is known of the person here."""

    callers = GATEWAY
    authentication_classes = (ServiceAuthentication,)

    @described(
        "internal_account_export",
        tag="internal",
        replies={200: OpenApiTypes.OBJECT},
        refusals={**refusals.SIGNED_IN, 403: "`reauthentication_required`"},
    )
    def post(self, request: Request) -> Response:
        """What goes into an export of all that the person has."""
        return Response(account_document(session=self.session(request)))


class InternalAccountRestore(SignedInView):
    """An account that is going to be deleted."""

    callers = GATEWAY
    authentication_classes = (ServiceAuthentication,)
    write_scope = "account:restore"

    @described(
        "internal_account_restore",
        tag="internal",
        replies={200: RestoredOut},
        refusals={**refusals.SIGNED_IN, 409: "`deletion_begun`"},
    )
    def post(self, request: Request) -> Response:
        """Take the deletion back."""
        session = self.session(request)
        account_restore(user_id=session.user_id)
        return Response(RestoredOut(images_token=withhold_token(user_id=session.user_id)))


def _basic_credentials(header: str) -> tuple[str, str]:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        raise InvalidClient("Send the client's credentials as HTTP Basic.")
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, ValueError) as exc:
        raise InvalidClient from exc
    client_id, _, client_secret = decoded.partition(":")
    return client_id, client_secret
