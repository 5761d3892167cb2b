"""Upload and rendering in one call."""

from django.http.response import HttpResponseBase
from rest_framework.request import Request

from gateway.api.relayed import relayed_response
from gateway.api.views import GatewayView
from gateway.clients.types import FollowedUpload
from gateway.clients.upstream_calls import document_as
from gateway.idempotency import idempotent
from gateway.openapi import published
from gateway.permissions import READ, caller_of
from gateway.services.processing import upload_wait
from gateway.services.uploading import upload_store
from platform_site.kit.rest.descriptions import IDEMPOTENCY_KEY, PREFER, documented
from platform_site.kit.rest.openapi import answer_header
from platform_site.kit.rest.preferences import preferred_wait_s


class Process(GatewayView):
    """Upload a picture and, if asked to, wait for its renditions."""

    upload_methods = frozenset({"POST"})

    @documented(
        "process",
        tag="images",
        request={"multipart/form-data": published("UploadFormRequest")},
        replies={200: published("Upload"), 202: published("Upload")},
        refusals=(400, 403, 409, 411, 413, 415, 422),
        parameters=[
            PREFER,
            IDEMPOTENCY_KEY,
            answer_header("Location", 200, 202),
            answer_header("Preference-Applied", 200, 202),
        ],
    )
    @idempotent
    def post(self, request: Request) -> HttpResponseBase:
        """Send a picture. 200 when its job is over within `Prefer: wait=N` seconds, else 202."""
        caller = caller_of(request)
        reply = upload_store(caller, self.upload)
        upload = document_as(FollowedUpload, reply)
        wait_s = preferred_wait_s(request.headers.get("Prefer", ""))
        # An API key that may only write is told of the job, and may not look at it.
        may_look = READ in caller.principal.scopes
        waits = wait_s > 0 and upload.is_running and may_look
        body = upload_wait(caller=caller, upload=upload, wait_s=wait_s) if waits else None
        # 202 after a wait that was too short: what was asked for is accepted, and not over.
        is_over = body is not None or not upload.is_running
        response = relayed_response(reply, status=200 if is_over else 202, body=body)
        if wait_s:
            response["Preference-Applied"] = f"wait={wait_s}"
        return response
