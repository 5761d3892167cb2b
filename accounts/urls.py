"""Public routes: ``/auth/…`` and ``/.well-known/…``."""

from django.urls import path

from accounts.api import keys, profile, sessions, sign_in

urlpatterns = [
    path("auth/register", sign_in.Register.as_view()),
    path("auth/login", sign_in.Login.as_view()),
    path("auth/refresh", sign_in.Refresh.as_view()),
    path("auth/logout", sign_in.Logout.as_view()),
    path("auth/logout-all", sign_in.LogoutAll.as_view()),
    path("auth/profile", profile.Profile.as_view()),
    path("auth/password", profile.Password.as_view()),
    path("auth/sessions", sessions.SessionList.as_view()),
    path("auth/sessions/<uuid:session_id>", sessions.SessionDetail.as_view()),
    path(".well-known/jwks.json", keys.Jwks.as_view()),
]
