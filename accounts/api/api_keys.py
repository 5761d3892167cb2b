"""The caller's API keys. None of these routes takes an API key."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import selectors
from accounts.api import refusals
from accounts.api.api_key_shapes import (
    ApiKeyIn,
    ApiKeyOut,
    ApiKeyPageOut,
    ApiKeyShownIn,
    ExchangedKeyOut,
    NewApiKeyOut,
    api_key_response,
    exchanged_response,
    new_api_key_response,
)
from accounts.api.internal import RoleView
from accounts.api.pages import PAGE_PARAMETERS, page_url
from accounts.api.signed_in import SignedInView
from accounts.services.api_keys import api_key_create, api_key_revoke
from accounts.services.freshness import fresh_require
from accounts.services.key_exchange import api_key_exchange
from platform_site.kit.rest.descriptions import described
from platform_site.kit.rest.hot_reads import HotRequest, hot, json_response
from platform_site.kit.rest.pagination import limit_from, page_of


class ApiKeyList(SignedInView):
    """My keys for programs."""

    @described(
        "auth_api_keys_list",
        parameters=PAGE_PARAMETERS,
        tag="auth",
        replies={200: ApiKeyPageOut},
        refusals={**refusals.INVALID, **refusals.SIGNED_IN},
    )
    def get(self, request: Request) -> Response:
        """My live keys, newest first."""
        session = self.session(request)
        limit = limit_from(request.query_params.get("limit"))
        page = page_of(
            selectors.api_keys_of_user(user_id=session.user_id),
            limit=limit,
            cursor=request.query_params.get("cursor"),
        )
        return Response(
            ApiKeyPageOut(
                results=[api_key_response(key) for key in page.items],
                next=page_url(request, limit, page.next_cursor),
                previous=page_url(request, limit, page.previous_cursor),
            )
        )

    @described(
        "auth_api_key_create",
        tag="auth",
        request=ApiKeyIn,
        replies={201: NewApiKeyOut},
        refusals={
            **refusals.INVALID,
            **refusals.FRESH,
            403: f"{refusals.FRESH[403]}; `factor_missing`: everybody must have a second factor",
            409: "`api_keys_full`",
            **refusals.LIMITED,
            **refusals.UNAVAILABLE,
        },
    )
    def post(self, request: Request) -> Response:
        """Make a key. The answer is the only one that ever holds it."""
        session = self.session(request)
        fresh_require(session)
        body = ApiKeyIn(data=request.data)
        body.is_valid(raise_exception=True)
        key, text = api_key_create(user_id=session.user_id, **body.validated_data)
        return Response(new_api_key_response(key, text), status=201)


class ApiKeyDetail(SignedInView):
    """One of my keys."""

    @described(
        "auth_api_key_read",
        tag="auth",
        replies={200: ApiKeyOut},
        refusals={**refusals.SIGNED_IN, 404: "`api_key_not_found`"},
    )
    def get(self, request: Request, key_id: UUID) -> Response:
        """The key, but for the key itself."""
        session = self.session(request)
        key = selectors.api_key_of_user(key_id=key_id, user_id=session.user_id)
        return Response(api_key_response(key))

    @described(
        "auth_api_key_revoke",
        tag="auth",
        replies={204: None},
        refusals={**refusals.SIGNED_IN, 404: "`api_key_not_found`", **refusals.UNAVAILABLE},
    )
    def delete(self, request: Request, key_id: UUID) -> Response:
        """Revoke the key: within a second it is taken nowhere."""
        api_key_revoke(key_id=key_id, user_id=self.session(request).user_id)
        return Response(status=204)


@hot(
    RoleView,
    described(
        "internal_api_key_exchange",
        tag="internal",
        request={"application/x-www-form-urlencoded": ApiKeyShownIn},
        replies={200: ExchangedKeyOut},
        refusals={**refusals.INVALID, 401: refusals.SIGNED_IN[401]},
    ),
    method="POST",
)
def exchange(read: HotRequest) -> HttpResponse:
    """A token with the rights of a live key; only ``active: false`` for any other."""
    body = ApiKeyShownIn(data=read.form())
    body.is_valid(raise_exception=True)
    shown = body.validated_data
    found = api_key_exchange(raw=shown["key"], address=shown["address"])
    return json_response(exchanged_response(found))
