"""The caller's passkeys."""

from dataclasses import asdict
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import refusals
from accounts.api.factor_shapes import (
    PasskeyAddedOut,
    PasskeyAddIn,
    PasskeyNameIn,
    PasskeyOptionsOut,
    PasskeyOut,
    passkey_response,
)
from accounts.api.origins import pages_origin
from accounts.api.signed_in import SignedInView
from accounts.services.freshness import fresh_require
from accounts.services.passkeys import (
    PasskeyAnswer,
    passkey_add,
    passkey_add_options,
    passkey_remove,
    passkey_rename,
)
from platform_site.kit.rest.descriptions import described


class PasskeyOptionsDetail(SignedInView):
    """A new passkey."""

    @described(
        "auth_passkey_options",
        tag="auth",
        replies={200: PasskeyOptionsOut},
        refusals=refusals.FRESH,
    )
    def post(self, request: Request) -> Response:
        """What the browser is to do to make a passkey."""
        session = self.session(request)
        fresh_require(session)
        asked = passkey_add_options(session=session, origin=pages_origin(request))
        return Response(PasskeyOptionsOut(dict(asked.options), asked.state))


class PasskeyList(SignedInView):
    """Passkeys."""

    @described(
        "auth_passkey_add",
        tag="auth",
        request=PasskeyAddIn,
        replies={201: PasskeyAddedOut},
        refusals={
            **refusals.FACTOR_INCORRECT,
            **refusals.SIGNED_IN,
            409: "`factor_exists`: it is kept already",
        },
    )
    def post(self, request: Request) -> Response:
        """Keep what the browser made; recovery codes come with the first factor."""
        session = self.session(request)
        body = PasskeyAddIn(data=request.data)
        body.is_valid(raise_exception=True)
        added = passkey_add(
            session=session,
            answer=PasskeyAnswer(body.validated_data["state"], body.validated_data["credential"]),
            name=body.validated_data["name"],
            origin=pages_origin(request),
        )
        shown = asdict(passkey_response(added.passkey))
        return Response(PasskeyAddedOut(**shown, recovery_codes=added.recovery_codes), status=201)


class PasskeyDetail(SignedInView):
    """One of my passkeys."""

    @described(
        "auth_passkey_rename",
        tag="auth",
        request=PasskeyNameIn,
        replies={200: PasskeyOut},
        refusals={**refusals.INVALID, **refusals.SIGNED_IN, 404: "`factor_not_found`"},
    )
    def patch(self, request: Request, passkey_id: UUID) -> Response:
        """Call it something else."""
        session = self.session(request)
        body = PasskeyNameIn(data=request.data)
        body.is_valid(raise_exception=True)
        renamed = passkey_rename(session=session, passkey_id=passkey_id, **body.validated_data)
        return Response(passkey_response(renamed))

    @described(
        "auth_passkey_remove",
        tag="auth",
        replies={204: None},
        refusals={
            **refusals.FRESH,
            404: "`factor_not_found`",
            409: "`last_way_in`: set a password first",
            **refusals.UNAVAILABLE,
        },
    )
    def delete(self, request: Request, passkey_id: UUID) -> Response:
        """Remove it; my other sessions end.

        This session ends, too, with the last factor of somebody who must have one.
        """
        session = self.session(request)
        fresh_require(session)
        passkey_remove(session=session, passkey_id=passkey_id)
        return Response(status=204)
