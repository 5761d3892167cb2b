"""Upload and rendering in one call."""

import re
from typing import Final

from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from gateway.api.images import UPLOAD_REFUSALS
from gateway.api.requests import UploadForm
from gateway.api.views import UploadView
from gateway.idempotency import idempotent
from gateway.links import Links
from gateway.permissions import principal_of
from gateway.responses import Upload
from gateway.services.processing import upload_wait
from gateway.services.uploading import upload_store
from platform_site.kit.rest.descriptions import IDEMPOTENCY_KEY, PREFER, documented
from platform_site.kit.rest.openapi import answer_header

LONGEST_WAIT_S: Final = 30
WAIT: Final = re.compile(r"(?:^|[,;\s])wait\s*=\s*\"?(\d{1,9})", re.IGNORECASE | re.ASCII)


class Process(UploadView):
    """Upload a picture and, if asked to, wait for its renditions."""

    @documented(
        "process",
        tag="images",
        request={"multipart/form-data": UploadForm},
        replies={200: Upload, 202: Upload},
        refusals=UPLOAD_REFUSALS,
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
        caller = principal_of(request)
        stored = upload_store(principal=caller, upload=self.upload)
        wait_s = preferred_wait_s(request.headers.get("Prefer", ""))
        done = upload_wait(principal=caller, upload=stored, wait_s=wait_s) if wait_s else None
        answer = Links(request).upload(done or stored)
        headers = {"Location": answer.image.links.self}
        if wait_s:
            headers["Preference-Applied"] = f"wait={wait_s}"
        over = done is not None or stored.job is None
        return Response(answer, status=200 if over else 202, headers=headers)


def preferred_wait_s(header: str) -> int:
    """The whole seconds that a ``Prefer`` header (RFC 7240) asks to wait, 30 at most.

    >>> preferred_wait_s("respond-async, wait=10")
    10
    >>> preferred_wait_s("return=minimal")
    0
    """
    found = WAIT.search(header)
    return min(int(found.group(1)), LONGEST_WAIT_S) if found else 0
