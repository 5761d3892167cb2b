"""The Django application of the gateway."""

from importlib import import_module

from django.apps import AppConfig


class GatewayConfig(AppConfig):
    """An application without models."""

    name = "gateway"
    label = "gateway"
    verbose_name = "Gateway"

    def ready(self) -> None:
        """Register how our authentication is described in the OpenAPI document."""
        import_module("gateway.schema")
