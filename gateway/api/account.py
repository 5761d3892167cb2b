"""The end of an account, and the way back."""

from django.http.response import HttpResponseBase
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from gateway.api.views import GatewayView
from gateway.idempotency import idempotent
from gateway.permissions import principal_of
from gateway.responses import ClosedAccountOut
from gateway.services.accounts import account_close, account_restore
from platform_site.kit.rest.descriptions import IDEMPOTENCY_KEY, documented
from platform_site.kit.rest.serializers import StrictSerializer

TAG = "platform"


class PasswordProof(StrictSerializer):
    """The password of the account, once more, before what ends it."""

    password = serializers.CharField(
        max_length=128, trim_whitespace=False, write_only=True, required=False
    )


class AccountDetail(GatewayView):
    """The caller's account, with everything that belongs to it."""

    write_scope = "account:write"
    delete_reads_body = True

    @documented(
        "account_delete",
        tag=TAG,
        request=PasswordProof,
        replies={202: ClosedAccountOut},
        refusals=(400,),
    )
    def delete(self, request: Request) -> Response:
        """Delete your account, with the password once more. You are signed out everywhere.

        Without the password a sign-in of the last five minutes will do
        (`reauthentication_required` otherwise).

        Your images are served no more from now on, and are deleted with the account at
        `deletes_at`. Until then you can sign in and take it back.
        """
        proof = PasswordProof(data=request.data)
        proof.is_valid(raise_exception=True)
        password: str | None = proof.validated_data.get("password")
        deletes_at = account_close(principal=principal_of(request), password=password)
        return Response(ClosedAccountOut(deletes_at), status=202)


class AccountRestore(GatewayView):
    """An account that is going to be deleted."""

    write_scope = "account:restore"

    @documented(
        "account_restore",
        tag=TAG,
        replies={204: None},
        refusals=(409, 422),
        parameters=[IDEMPOTENCY_KEY],
    )
    @idempotent
    def post(self, request: Request) -> HttpResponseBase:
        """Keep your account: the deletion is taken back, and your images are served again.

        Refresh your access token afterwards: the one of a closed account opens nothing else.
        """
        account_restore(principal=principal_of(request))
        return Response(status=204)
