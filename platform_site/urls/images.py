"""URLs of the role images: what the public reaches, and what only other roles do."""

from django.urls import include, path

urlpatterns = [
    path("", include("images.urls")),
    path("", include("images.internal_urls")),
]
handler400 = "platform_site.kit.rest.exceptions.bad_request"
handler403 = "platform_site.kit.rest.exceptions.permission_denied"
handler404 = "platform_site.kit.rest.exceptions.page_not_found"
handler500 = "platform_site.kit.rest.exceptions.server_error"
