"""Public routes: ``/auth/…`` and ``/.well-known/…``."""

from django.urls import path

from accounts.api import audit, keys, profile, sessions, sign_in
from platform_site.kit.rest.hot_reads import alone, beside

urlpatterns = [
    path("auth/register", sign_in.Registration.as_view()),
    path("auth/login", sign_in.SignIn.as_view()),
    path("auth/refresh", sign_in.SessionRefresh.as_view()),
    path("auth/logout", sign_in.SignOut.as_view()),
    path("auth/logout-all", sign_in.SignOutEverywhere.as_view()),
    path("auth/profile", beside(profile.ProfileDetail, profile.profile_read)),
    path("auth/password", profile.PasswordChange.as_view()),
    path("auth/sessions", sessions.SessionList.as_view()),
    path("auth/sessions/<uuid:session_id>", sessions.SessionDetail.as_view()),
    path("auth/audit", audit.AuditList.as_view()),
    path(".well-known/jwks.json", alone(keys.jwks)),
]
