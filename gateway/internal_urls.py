"""Routes for the proxy in front; nothing outside the cluster reaches ``/internal/``."""

from django.urls import path

from gateway.api.upload_access import UploadAccess

urlpatterns = [path("internal/v1/upload-access", UploadAccess.as_view())]
