"""The caller's own account."""

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import responses
from accounts.api.requests import AccountProfileOut, PasswordIn, ProfileIn
from accounts.api.signed_in import SignedInView
from accounts.services.users import password_change, profile_update


class Profile(SignedInView):
    """The account."""

    @extend_schema(
        operation_id="auth_profile_read",
        tags=["auth"],
        responses={
            200: AccountProfileOut,
            401: responses.UNAUTHENTICATED,
            403: responses.FORBIDDEN,
        },
    )
    def get(self, request: Request) -> Response:
        """Who I am."""
        return Response(AccountProfileOut(self.session(request).user).data)

    @extend_schema(
        operation_id="auth_profile_update",
        tags=["auth"],
        request=ProfileIn,
        responses={
            200: AccountProfileOut,
            400: responses.INVALID,
            401: responses.UNAUTHENTICATED,
            403: responses.FORBIDDEN,
        },
    )
    def patch(self, request: Request) -> Response:
        """Change my name; the address and the rights are not the caller's to change."""
        user = self.session(request).user
        body = ProfileIn(data=request.data)
        body.is_valid(raise_exception=True)
        if body.validated_data:
            profile_update(user=user, **body.validated_data)
        return Response(AccountProfileOut(user).data)


class Password(SignedInView):
    """The password."""

    @extend_schema(
        operation_id="auth_password_change",
        tags=["auth"],
        request=PasswordIn,
        responses={
            204: responses.NOTHING,
            400: OpenApiResponse(description="`password_incorrect`, `invalid`, `unknown_field`"),
            401: responses.UNAUTHENTICATED,
            403: responses.FORBIDDEN,
            429: responses.LIMITED,
            503: responses.UNAVAILABLE,
        },
    )
    def post(self, request: Request) -> Response:
        """Change my password; every other session of mine ends."""
        session = self.session(request)
        body = PasswordIn(data=request.data)
        body.is_valid(raise_exception=True)
        password_change(session=session, **body.validated_data)
        return Response(status=204)
