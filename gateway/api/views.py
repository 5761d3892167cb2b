"""What every view of the gateway does: count the request, and take its body in bounds."""

import hashlib
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gateway.permissions import READ, ROLE, WRITE
from gateway.rate_limits import request_count
from gateway.uploads import UploadBody, upload_body
from platform_site.kit.auth.authentication import HasScope
from platform_site.kit.rest.problems import PayloadTooLarge
from platform_site.kit.rest.rate_limits import RateDecision


class GatewayView(APIView):
    """A view for signed-in callers, unless it says otherwise.

    Bodies of ``upload_methods`` are a stream, ``upload``, and are never held whole.
    """

    audience: ClassVar[str] = ROLE
    permission_classes = [HasScope]
    read_scope: ClassVar[str] = READ
    write_scope: ClassVar[str] = WRITE
    upload_methods: ClassVar[frozenset[str]] = frozenset()
    count = staticmethod(request_count)
    decision: RateDecision | None = None
    upload: UploadBody

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Authenticate, count, and refuse an upload by the headers if it need not be read.

        Raises the kit's ``RateLimited``, and what `upload_body` raises.
        """
        super().initial(request, *args, **kwargs)
        self.decision = self.count(request)
        if request.method in self.upload_methods:
            self.upload = upload_body(request._request)  # noqa: SLF001 - DRF's raw request

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """Tell how much of the limit is left."""
        final = super().finalize_response(request, response, *args, **kwargs)
        if self.decision is not None:
            for name, value in self.decision.headers.items():
                final.headers[name] = value
        return final

    def fingerprint_prepare(self, request: Request) -> None:
        """Read a small body whole, so that it can be read again; hash a stream while it passes."""
        if request.method in self.upload_methods:
            self.upload.hash_on_the_way()
        else:
            whole_body(request)

    def body_digest(self) -> str:
        """SHA-256 of the body, in hexadecimal."""
        if self.request.method in self.upload_methods:
            return self.upload.digest()
        return hashlib.sha256(whole_body(self.request)).hexdigest()


def whole_body(request: Request) -> bytes:
    """The body, which must be small. Raises the kit's `PayloadTooLarge`."""
    try:
        body: bytes = request._request.body  # noqa: SLF001 - DRF would parse it
    except RequestDataTooBig as exc:
        limit_bytes = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raise PayloadTooLarge(f"At most {limit_bytes} bytes are taken here.") from exc
    return body
