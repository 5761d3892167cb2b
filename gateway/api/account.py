"""The end of an account."""

from rest_framework.request import Request
from rest_framework.response import Response

from gateway.api.views import GatewayView
from gateway.callers import principal_of
from gateway.schema import documented
from gateway.services.accounts import account_delete


class Account(GatewayView):
    """The caller's account, with everything that belongs to it."""

    write_scope = "account:write"

    @documented("account_delete", tag="platform", replies={204: None})
    def delete(self, request: Request) -> Response:
        """Delete your images, then your account. You are signed out everywhere, for good."""
        account_delete(principal=principal_of(request))
        return Response(status=204)
