"""URLs of the gateway, from the root; every one is public."""

from django.urls import path

from gateway.api.account import AccountDetail, AccountRestore
from gateway.api.documentation import Documentation, DocumentDetail
from gateway.api.overview import StatusDetailView, overview_get
from gateway.api.process import Process
from gateway.api.relayed import relay_urls
from gateway.relay import PUBLIC, ROUTES
from platform_site.kit.rest.hot_reads import alone

app_name = "gateway"

urlpatterns = [
    *relay_urls(ROUTES),
    path(f"{PUBLIC}process", Process.as_view()),
    path(f"{PUBLIC}account", AccountDetail.as_view()),
    path(f"{PUBLIC}account/restore", AccountRestore.as_view()),
    path(f"{PUBLIC}overview", alone(overview_get)),
    path(f"{PUBLIC}status", StatusDetailView.as_view()),
    path(f"{PUBLIC}schema", DocumentDetail.as_view(), name="schema"),
    path(f"{PUBLIC}docs", Documentation.as_view()),
]
