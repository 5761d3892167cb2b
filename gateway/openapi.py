"""How the public API is described: what is passed on, by the view of images that answers it.

That view is found where calls of images are answered, so the whole document can be built only
where every role runs in one process; the gateway serves the committed one.
"""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.urls import resolve
from drf_spectacular.drainage import set_override
from rest_framework import serializers
from rest_framework.views import APIView

from gateway.api.relayed import RelayView
from gateway.relay import Route
from platform_site.kit.auth.authentication import UserAuthentication
from platform_site.kit.rest.descriptions import IDEMPOTENCY_KEY
from platform_site.kit.upstream.http import PREFIX

Endpoint = tuple[str, str, str, Callable[..., Any]]
ANY_ID: Final = UUID(int=0)
IDS: Final = ("image_id", "job_id", "export_id")


def relayed_described(endpoints: list[Endpoint]) -> list[Endpoint]:
    """``endpoints`` with the view of images in place of each that passes it on.

    A hook of drf-spectacular. Paths stay ours, and so do credentials and the Idempotency-Key.
    Where images is another process there is no such view, and the endpoint is left out: Django's
    deployment check builds this document in every role, and the gateway serves the committed one.
    """
    if not settings.UPSTREAMS["images"].startswith(PREFIX):
        return [endpoint for endpoint in endpoints if not _is_relayed(endpoint[3])]
    return [(path, regex, method, _behind(method, view)) for path, regex, method, view in endpoints]


def published(name: str) -> dict[str, Any]:
    """The schema of what another role publishes as ``name``."""
    return {"$ref": f"#/components/schemas/{name}"}


class Published(serializers.Field[Any, Any, Any, Any]):
    """A field with the schema that another role publishes as ``name``."""

    def __init__(self, name: str, **options: Any) -> None:
        super().__init__(**options)
        set_override(self, "field", published(name))


def _is_relayed(view: Any) -> bool:
    kind: type[APIView] = view.cls
    return issubclass(kind, RelayView)


def _behind(method: str, view: Any) -> Callable[..., Any]:
    if not _is_relayed(view):
        described: Callable[..., Any] = view
        return described
    route: Route = view.cls.routes[method]
    answering = _answering(route)
    parameters = [IDEMPOTENCY_KEY] if route.is_idempotent else []
    more = {"authentication_classes": [UserAuthentication], "more_parameters": parameters}
    shown: type[APIView] = type(answering.__name__, (answering,), more)
    return shown.as_view()


def _answering(route: Route) -> type[APIView]:
    """The view that answers ``route`` in this process."""
    path = route.upstream_path(dict.fromkeys(IDS, ANY_ID))
    urlconf = settings.UPSTREAMS["images"].removeprefix(PREFIX)
    found: Any = resolve(path, urlconf=urlconf).func
    answering: type[APIView] = found.cls
    return answering
