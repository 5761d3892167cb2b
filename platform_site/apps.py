"""What every process of a role does once its apps are loaded."""

from importlib import import_module

from django.apps import AppConfig, apps
from django.conf import settings


class PlatformConfig(AppConfig):
    """Connects the sending half of `platform_site.kit.tasks.context` where there is a broker."""

    name = "platform_site"

    def ready(self) -> None:
        """Register our checks, and give tasks the identity of the request that sends them."""
        import_module("platform_site.checks")
        if getattr(settings, "CELERY_BROKER_URL", ""):
            import_module("platform_site.kit.tasks.context")

    @property
    def housekeeping(self) -> dict[str, int]:
        """What ``manage.py housekeeping`` runs: sessions of Django's admin, where they are kept."""
        kept = apps.is_installed("django.contrib.sessions")
        return {"clearsessions": 86_400} if kept else {}
