"""What every view of the gateway does: count the request, and read its body strictly."""

import hashlib
from typing import Any, ClassVar, TypeVar

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from gateway.permissions import READ, ROLE, WRITE
from gateway.rate_limits import request_count
from gateway.uploads import UploadBody, upload_body
from platform_site.kit.auth.authentication import HasScope
from platform_site.kit.rest.rate_limits import RateDecision

Body = TypeVar("Body", bound=BaseSerializer[Any])


class GatewayView(APIView):
    """A view for signed-in callers, unless it says otherwise."""

    audience: ClassVar[str] = ROLE
    permission_classes = [HasScope]
    read_scope: ClassVar[str] = READ
    write_scope: ClassVar[str] = WRITE
    decision: RateDecision | None = None
    raw_body: bytes

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Authenticate, then count. Raises the kit's ``RateLimited``."""
        super().initial(request, *args, **kwargs)
        self.decision = request_count(request)

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
        """Read the small body whole, so that it can be read again."""
        self.raw_body = request._request.body  # noqa: SLF001 - DRF's raw request

    def body_digest(self) -> str:
        """SHA-256 of the body, in hexadecimal."""
        return hashlib.sha256(self.raw_body).hexdigest()


class UploadView(GatewayView):
    """A view whose POST body is a stream that is never held whole."""

    upload: UploadBody

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Authenticate, count, and refuse by the headers what need not be read."""
        super().initial(request, *args, **kwargs)
        if request.method == "POST":
            self.upload = upload_body(request._request)  # noqa: SLF001 - DRF's raw request

    def fingerprint_prepare(self, request: Request) -> None:  # noqa: ARG002
        """Hash the body while it passes."""
        self.upload.hash_on_the_way()

    def body_digest(self) -> str:
        """The digest of the stream."""
        return self.upload.digest()


def body_of(kind: type[Body], request: Request) -> dict[str, Any]:
    """The validated JSON body. Raises DRF's ``ValidationError``."""
    serializer = kind(data=request.data)
    serializer.is_valid(raise_exception=True)
    values: dict[str, Any] = serializer.validated_data
    return values


def query_of(kind: type[Body], request: Request) -> dict[str, str]:
    """The known query parameters that were given, checked; unknown ones are left out.

    Raises DRF's ``ValidationError``.
    """
    serializer = kind(data=request.query_params.dict())
    serializer.is_valid(raise_exception=True)
    given: dict[str, Any] = serializer.validated_data
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in given.items()
    }


def versioned_response(document: object, etag: str | None, *, status: int = 200) -> Response:
    """``document`` with its ETag; a client asks each time whether it changed."""
    headers = {"Cache-Control": "private, no-cache"}
    if etag:
        headers["ETag"] = etag
    return Response(document, status=status, headers=headers)
