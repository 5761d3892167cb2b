"""URLs of the embedded role: every public URL of every role, and the admin. Nothing internal."""

from django.contrib import admin
from django.urls import include, path, re_path

from platform_site.embedded.pages import page

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("accounts.urls")),
    path("", include("gateway.urls")),
    path("", include("images.urls")),
    # Everything else is a URL of the SPA, save what belongs to another prefix.
    re_path(
        r"^(?!api/|auth/|i/|internal/|metrics|static/|admin/|\.well-known/)(?P<path>.*)$", page
    ),
]
handler400 = "platform_site.kit.rest.exceptions.bad_request"
handler403 = "platform_site.kit.rest.exceptions.permission_denied"
handler404 = "platform_site.kit.rest.exceptions.page_not_found"
handler500 = "platform_site.embedded.pages.server_error"
