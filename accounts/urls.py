"""Public routes: ``/auth/…`` and ``/.well-known/…``."""

from django.urls import path

from accounts.api import (
    api_keys,
    audit,
    emails,
    identities,
    keys,
    password_reset,
    profile,
    receipts,
    revocation,
    sessions,
    sign_in,
    sign_in_options,
    single_sign_on,
)
from platform_site.kit.rest.hot_reads import alone, beside

urlpatterns = [
    path("auth/register", sign_in.Registration.as_view()),
    path("auth/login", sign_in.SignIn.as_view()),
    path("auth/refresh", alone(sign_in.session_refreshed)),
    path("auth/logout", sign_in.SignOut.as_view()),
    path("auth/logout-all", sign_in.SignOutEverywhere.as_view()),
    path("auth/profile", beside(profile.ProfileDetail, profile.profile_read)),
    path("auth/password", profile.PasswordChange.as_view()),
    path("auth/password/reset", password_reset.PasswordReset.as_view()),
    path("auth/password/confirm", password_reset.PasswordConfirmation.as_view()),
    path("auth/email", emails.EmailChanging.as_view()),
    path("auth/email/verify", emails.EmailVerification.as_view()),
    path("auth/email/verification", emails.EmailVerificationMail.as_view()),
    path("auth/email/confirm", emails.EmailConfirmation.as_view()),
    path("auth/sign-in-options", sign_in_options.SignInOptions.as_view()),
    path("auth/sessions", sessions.SessionList.as_view()),
    path("auth/sessions/<uuid:session_id>", sessions.SessionDetail.as_view()),
    path("auth/audit", audit.AuditList.as_view()),
    path("auth/api-keys", api_keys.ApiKeyList.as_view()),
    path("auth/api-keys/<uuid:key_id>", api_keys.ApiKeyDetail.as_view()),
    path("auth/revoke", revocation.Revocation.as_view()),
    path("auth/sso/<slug:provider>/begin", single_sign_on.SignOnBegin.as_view()),
    path("auth/sso/<slug:provider>/callback", single_sign_on.SignOnCallback.as_view()),
    path("auth/identities", identities.IdentityList.as_view()),
    path("auth/identities/<slug:identity>", identities.IdentityDetail.as_view()),
    path("auth/receipt-keys", alone(receipts.receipt_keys_read)),
    path(".well-known/jwks.json", alone(keys.jwks)),
]
