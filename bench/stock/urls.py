"""The routes that are compared."""

from django.urls import path
from rest_framework_simplejwt.views import TokenObtainPairView

from bench.stock.views import PhotoDetail, Presets, Profile

urlpatterns = [
    path("token", TokenObtainPairView.as_view()),
    path("profile", Profile.as_view()),
    path("presets", Presets.as_view()),
    path("images/<uuid:pk>", PhotoDetail.as_view()),
]
