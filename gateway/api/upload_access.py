"""The question of the proxy in front before it takes an upload in: whether the caller may."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gateway.permissions import ROLE, WRITE
from platform_site.kit.auth.authentication import HasScope
from platform_site.kit.rest.problems import DomainError


class UploadAccess(APIView):
    """Looks at the token alone. Nothing is counted: the upload itself will be."""

    audience: ClassVar[str] = ROLE
    permission_classes = [HasScope]
    write_scope: ClassVar[str] = WRITE

    @extend_schema(exclude=True)
    def post(self, request: Request) -> Response:  # noqa: ARG002
        """204 if the caller may."""
        return Response(status=204)

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """Say in headers why not: the proxy reads no body, and writes the problem itself."""
        final = super().finalize_response(request, response, *args, **kwargs)
        error: DomainError | None = getattr(final, "problem", None)
        if error is not None:
            final.headers["X-Problem-Code"] = error.code
            final.headers["X-Problem-Title"] = error.title
        return final
