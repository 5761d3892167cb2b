"""Routes for other roles; nothing outside the cluster reaches ``/internal/``."""

from django.urls import path

from accounts.api import internal

urlpatterns = [
    path("internal/v1/token", internal.ServiceToken.as_view()),
    path("internal/v1/introspect", internal.Introspect.as_view()),
    path("internal/v1/account", internal.Account.as_view()),
    path("internal/v1/account/restore", internal.AccountRestore.as_view()),
]
