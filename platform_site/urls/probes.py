"""URLs of roles that serve nobody: none. The probes answer before any URL is looked at."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
handler404 = "platform_site.kit.rest.exceptions.page_not_found"
handler500 = "platform_site.kit.rest.exceptions.server_error"
