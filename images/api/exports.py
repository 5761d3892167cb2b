"""Archives of all that a person has: asked for, looked at, and told to auth when they are ready."""

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import orjson
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from images.api.permissions import OwnedView, ServiceView, owner_of
from images.api.public_urls import origin_of
from images.api.representations import export_out
from images.api.requests import query_of
from images.api.responses import ExportOut, ExportResultsOut
from images.selectors.exports import export_for_owner, exports_of_owner, exports_ready_since
from images.services.exports import export_create
from platform_site.kit.rest.descriptions import documented
from platform_site.kit.rest.hot_reads import HotRequest, hot, json_response
from platform_site.kit.rest.problems import InvalidRequest

TAG: Final = "account"
TOLD_AT_ONCE: Final = 500
LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)


class ExportList(OwnedView):
    """Exports of all that the person has."""

    @documented("export_create", tag=TAG, replies={202: ExportOut}, refusals=(409,))
    def post(self, request: Request) -> Response:
        """Have an archive made of all that you have here: account, images and what is made of them.

        It takes a sign-in of the last five minutes (`reauthentication_required` otherwise), and no
        API key. The archive is a ZIP with `account.json`, `images.json` and each original under
        `originals/`; a mail tells you when it is ready. One is made at a time
        (`export_under_way`), and three a day (`export_limit`); an older one is removed for it.
        """
        # The body is auth's, by way of the gateway: what it knows of the account. Kept as it is.
        if not isinstance(request.data, dict):
            raise InvalidRequest("Send what is known of the account, as a JSON object.")
        account = orjson.dumps(request.data, option=orjson.OPT_INDENT_2).decode()
        export = export_create(owner_id=owner_of(request), account=account)
        return Response(export_out(export, origin=origin_of(request)), status=202)


@hot(OwnedView, documented("exports_list", tag=TAG, replies={200: ExportResultsOut}))
def exports_list(read: HotRequest) -> HttpResponse:
    """Your exports, newest first."""
    origin = origin_of(read)
    found = exports_of_owner(owner_id=owner_of(read))
    return json_response(ExportResultsOut([export_out(each, origin=origin) for each in found]))


@hot(OwnedView, documented("export_get", tag=TAG, replies={200: ExportOut}, refusals=(404,)))
def export_get(read: HotRequest, export_id: UUID) -> HttpResponse:
    """State and progress of the export and, once it is ready, where it can be fetched.

    `url` is good for an hour or two and takes `Range`; read this again for another one.
    """
    export = export_for_owner(export_id=export_id, owner_id=owner_of(read))
    return json_response(export_out(export, origin=origin_of(read)))


class ReadySince(serializers.Serializer[Any]):
    """From when on."""

    after = serializers.DateTimeField(required=False)


class ExportsReady(ServiceView):
    """Everybody's exports that are ready, for auth, which writes to their owners."""

    callers = frozenset({"auth"})

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        """Those that became ready at or after `after`, the oldest first."""
        after = query_of(ReadySince, request).get("after", LONG_AGO)
        found = exports_ready_since(since=after, limit=TOLD_AT_ONCE)
        rows = [
            {
                "id": export.id,
                "owner_id": export.owner_id,
                "ready_at": export.ready_at,
                "expires_at": export.expires_at,
            }
            for export in found
        ]
        return Response({"results": rows})
