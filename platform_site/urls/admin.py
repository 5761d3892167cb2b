"""URLs of the role admin: Django's admin and its pictures, reached from inside the cluster only."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("", RedirectView.as_view(url="/admin/")),
    path("admin/", admin.site.urls),
    path("", include("images.urls")),
]
handler500 = "platform_site.embedded.pages.server_error"
