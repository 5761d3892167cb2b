"""The caller's links to providers of single sign-on."""

from uuid import UUID

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import selectors
from accounts.api import refusals
from accounts.api.identities_shapes import (
    IdentityOut,
    SignOnBeginIn,
    SignOnBegunOut,
    identity_response,
)
from accounts.api.signed_in import SignedInView
from accounts.api.single_sign_on import begun, pages_origin
from accounts.errors import IdentityNotFound
from accounts.services.identities import identity_unlink
from accounts.services.single_sign_on import link_begin
from platform_site.kit.rest.descriptions import described, shape
from platform_site.kit.rest.openapi import answer_header


class IdentityList(SignedInView):
    """My accounts at providers."""

    @described(
        "auth_identity_list",
        tag="auth",
        replies={200: shape(IdentityOut, many=True)},
        refusals=refusals.SIGNED_IN,
    )
    def get(self, request: Request) -> Response:
        """The accounts at providers that open mine, oldest first."""
        user_id = self.session(request).user_id
        return Response(
            [identity_response(one) for one in selectors.identities_of_user(user_id=user_id)]
        )


class IdentityDetail(SignedInView):
    """One of them, or one that is about to be made."""

    @described(
        "auth_identity_unlink",
        tag="auth",
        parameters=[OpenApiParameter("identity", str, "path", description="The id of a link.")],
        replies={204: None},
        refusals={
            **refusals.FRESH,
            404: "`identity_not_found`",
            409: "`last_way_in`",
            **refusals.UNAVAILABLE,
        },
    )
    def delete(self, request: Request, identity: str) -> Response:
        """Take the link away; my other sessions that a provider began end."""
        identity_unlink(session=self.session(request), identity_id=_id(identity))
        return Response(status=204)

    @described(
        "auth_identity_link",
        tag="auth",
        request=SignOnBeginIn,
        parameters=[
            OpenApiParameter("identity", str, "path", description="The id of a provider."),
            answer_header("Set-Cookie", 200),
        ],
        replies={200: SignOnBegunOut},
        refusals={
            **refusals.INVALID,
            **refusals.FRESH,
            404: "`sso_provider_not_found`",
            502: "`sso_answer_invalid`",
            503: "`sso_provider_unavailable`",
        },
    )
    def post(self, request: Request, identity: str) -> Response:
        """Begin to link an account at a provider to mine: send the browser to `url`."""
        session = self.session(request)
        body = SignOnBeginIn(data=request.data)
        body.is_valid(raise_exception=True)
        return begun(
            link_begin(
                session=session,
                provider_id=identity,
                return_path=body.validated_data["return_path"],
                origin=pages_origin(request),
            )
        )


def _id(text: str) -> UUID:
    """Raises `IdentityNotFound` for what is no id."""
    try:
        return UUID(text)
    except ValueError as exc:
        raise IdentityNotFound from exc
