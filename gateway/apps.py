"""The Django application of the gateway."""

from collections.abc import Callable, Mapping
from importlib import import_module

from django.apps import AppConfig


class GatewayConfig(AppConfig):
    """An application without models."""

    name = "gateway"
    label = "gateway"
    verbose_name = "Gateway"

    def ready(self) -> None:
        """Have the views of this role take API keys."""
        import_module("gateway.api_keys").register()

    def dependencies(self) -> Mapping[str, Callable[[], None]]:
        """What ``manage.py doctor`` tries for this app."""
        return {"service credential": import_module("gateway.clients.service_tokens").token_check}
