"""The OpenAPI document, and the page that shows it; its assets are served by us."""

from functools import cache
from pathlib import Path
from typing import Any, Final

import orjson
from django.http import HttpResponse
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from gateway.api.views import GatewayView
from platform_site.kit.rest.codecs import JSONRenderer
from platform_site.kit.rest.descriptions import documented

DOCUMENT: Final = Path(__file__).resolve().parents[1] / "openapi.json"
"""Built by `make schema` where every role is installed; this role knows its own views alone."""
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)


class DocumentDetail(GatewayView):
    """The OpenAPI document of every public route."""

    permission_classes = [AllowAny]
    renderer_classes = [OpenApiYamlRenderer, OpenApiJsonRenderer]

    @documented(
        "schema_get",
        tag="platform",
        replies={
            (200, "application/vnd.oai.openapi+json"): OpenApiTypes.OBJECT,
            (200, "application/vnd.oai.openapi"): OpenApiTypes.STR,
        },
        anonymous=True,
    )
    def get(self, request: Request) -> HttpResponse:
        """OpenAPI 3.1, as YAML or JSON by `Accept`."""
        media_type = request.accepted_renderer.media_type
        is_json = media_type == OpenApiJsonRenderer.media_type
        return HttpResponse(
            DOCUMENT.read_bytes() if is_json else document_as_yaml(),
            content_type=media_type,
            headers={"Cache-Control": "public, max-age=300", "Vary": "Accept"},
        )

    def handle_exception(self, exc: Exception) -> Response:
        """A problem is JSON, whatever the document would have been."""
        self.request.accepted_renderer = JSONRenderer()
        self.request.accepted_media_type = JSONRenderer.media_type
        return super().handle_exception(exc)


class Documentation(SpectacularSwaggerSplitView):
    """The API in words, with a form for each route."""

    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []
    url_name = "gateway:schema"

    @extend_schema(
        operation_id="docs_get",
        tags=["platform"],
        auth=[],
        responses={(200, "text/html"): OpenApiResponse(OpenApiTypes.STR, "A page.")},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """This document as a page."""
        response: Response = super().get(request, *args, **kwargs)  # type: ignore[no-untyped-call]
        response["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        return response


@cache
def document_as_yaml() -> bytes:
    """The document, written once for a process: it takes most of a second and never changes."""
    document = orjson.loads(DOCUMENT.read_bytes())
    rendered: Any = OpenApiYamlRenderer().render(document, renderer_context={})  # type: ignore[no-untyped-call]
    return bytes(rendered)
