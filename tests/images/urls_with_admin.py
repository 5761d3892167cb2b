"""The URLs of the role admin, and those by which a test puts pictures there."""

from django.urls import include, path

from platform_site.urls.admin import urlpatterns as admin_patterns

urlpatterns = [*admin_patterns, path("", include("images.internal_urls"))]
