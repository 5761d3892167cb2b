"""The caller's own account."""

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import refusals
from accounts.api.requests import PasswordIn, ProfileIn
from accounts.api.responses import AccountProfileOut, profile_response
from accounts.api.signed_in import ReadableView, SignedInView, user_of
from accounts.services.first_password import password_set
from accounts.services.users import profile_update
from platform_site.kit.rest.descriptions import described
from platform_site.kit.rest.hot_reads import HotRequest, hot, json_response


@hot(
    ReadableView,
    described(
        "auth_profile_read",
        tag="auth",
        replies={200: AccountProfileOut},
        refusals=refusals.SIGNED_IN,
    ),
)
def profile_read(read: HotRequest) -> HttpResponse:
    """Who I am."""
    return json_response(profile_response(user_of(read)))


class ProfileDetail(SignedInView):
    """The account."""

    @described(
        "auth_profile_update",
        tag="auth",
        request=ProfileIn,
        replies={200: AccountProfileOut},
        refusals={**refusals.INVALID, **refusals.SIGNED_IN},
    )
    def patch(self, request: Request) -> Response:
        """Change my name or the language of mails; the rights are not the caller's to change."""
        session = self.session(request)
        body = ProfileIn(data=request.data)
        body.is_valid(raise_exception=True)
        if body.validated_data:
            profile_update(user=session.user, **body.validated_data)
        return Response(profile_response(session.user))


class PasswordChange(SignedInView):
    """The password."""

    @described(
        "auth_password_change",
        tag="auth",
        request=PasswordIn,
        replies={204: None},
        refusals={
            **refusals.PASSWORD_INCORRECT,
            **refusals.FRESH,
            **refusals.LIMITED,
            **refusals.UNAVAILABLE,
        },
    )
    def post(self, request: Request) -> Response:
        """Change my password; every other session of mine ends."""
        session = self.session(request)
        body = PasswordIn(data=request.data)
        body.is_valid(raise_exception=True)
        password_set(session=session, **body.validated_data)
        return Response(status=204)
