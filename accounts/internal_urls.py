"""Routes for other roles; nothing outside the cluster reaches ``/internal/``."""

from django.urls import path

from accounts.api import api_keys, internal
from platform_site.kit.rest.hot_reads import alone

urlpatterns = [
    path("internal/v1/token", alone(internal.service_token)),
    path("internal/v1/introspect", alone(internal.introspection)),
    path("internal/v1/api-keys/exchange", alone(api_keys.exchange)),
    path("internal/v1/account", internal.InternalAccount.as_view()),
    path("internal/v1/account/export", internal.InternalAccountExport.as_view()),
    path("internal/v1/account/restore", internal.InternalAccountRestore.as_view()),
]
