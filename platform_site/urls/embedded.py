"""URLs of the embedded role: every public URL of every role, and the admin. Nothing internal."""

from django.contrib import admin
from django.urls import include, path

from platform_site.pages import start_page

urlpatterns = [
    path("", start_page),
    path("admin/", admin.site.urls),
    path("", include("accounts.urls")),
    path("", include("gateway.urls")),
    path("", include("images.urls")),
]
handler400 = "platform_site.kit.exceptions.bad_request"
handler403 = "platform_site.kit.exceptions.permission_denied"
handler404 = "platform_site.kit.exceptions.page_not_found"
handler500 = "platform_site.kit.exceptions.server_error"
