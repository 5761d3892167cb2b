"""The URLs of the images role and of the admin together."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("images.urls")),
    path("", include("images.internal_urls")),
]
