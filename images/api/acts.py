"""Acts for the audit, which is auth's: it takes them, and says so."""

from typing import Any, Final

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from images.api.permissions import ServiceView
from images.api.requests import body_of
from images.selectors.acts import acts_waiting
from images.services.acts import acts_forget

AT_ONCE: Final = 200


class TakenIn(serializers.Serializer[Any]):
    """What the audit has, and nobody has to keep."""

    ids = serializers.ListField(child=serializers.UUIDField(), max_length=AT_ONCE)


class ActList(ServiceView):
    """Everybody's acts, for auth alone."""

    callers = frozenset({"auth"})

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """Those that auth has not taken, the oldest first."""
        rows = [
            {
                "id": act.id,
                "at": act.created_at,
                "act": act.act,
                "owner_id": act.owner_id,
                "by_id": act.by_id,
                "target": act.target,
                "address": act.address,
                "device": act.device,
                "request_id": act.request_id,
                "details": act.details,
            }
            for act in acts_waiting(limit=AT_ONCE)
        ]
        return Response({"results": rows})

    @extend_schema(exclude=True)
    def post(self, request: Request) -> Response:
        """Forget those that auth has taken."""
        acts_forget(ids=body_of(TakenIn, request)["ids"])
        return Response(status=204)
