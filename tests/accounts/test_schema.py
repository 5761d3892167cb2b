from typing import Any
from unittest.mock import patch

from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator


def test_every_route_is_documented_without_a_warning() -> None:
    with patch.object(GENERATOR_STATS, "emit") as emit:
        document: dict[str, Any] = SchemaGenerator(  # type: ignore[no-untyped-call]
            urlconf="platform_site.urls.auth"
        ).get_schema(public=True)
    told = [call.args[0] for call in emit.call_args_list]
    # How tokens are sent is described where the document is served, which is not in this role.
    assert [message for message in told if "could not resolve authenticator" not in message] == []
    operations = {
        (method.upper(), path): operation["operationId"]
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    assert operations == {
        ("POST", "/auth/register"): "auth_register",
        ("POST", "/auth/login"): "auth_login",
        ("POST", "/auth/refresh"): "auth_refresh",
        ("POST", "/auth/logout"): "auth_logout",
        ("POST", "/auth/logout-all"): "auth_logout_all",
        ("GET", "/auth/profile"): "auth_profile_read",
        ("PATCH", "/auth/profile"): "auth_profile_update",
        ("POST", "/auth/password"): "auth_password_change",
        ("POST", "/auth/password/reset"): "auth_password_reset",
        ("POST", "/auth/password/confirm"): "auth_password_confirm",
        ("POST", "/auth/email"): "auth_email_change",
        ("POST", "/auth/email/verify"): "auth_email_verify",
        ("POST", "/auth/email/verification"): "auth_email_verification_send",
        ("POST", "/auth/email/confirm"): "auth_email_confirm",
        ("GET", "/auth/sign-in-options"): "auth_sign_in_options",
        ("GET", "/auth/sessions"): "auth_sessions_list",
        ("DELETE", "/auth/sessions/{session_id}"): "auth_session_end",
        ("GET", "/auth/audit"): "auth_audit_list",
        ("GET", "/auth/api-keys"): "auth_api_keys_list",
        ("POST", "/auth/api-keys"): "auth_api_key_create",
        ("GET", "/auth/api-keys/{key_id}"): "auth_api_key_read",
        ("DELETE", "/auth/api-keys/{key_id}"): "auth_api_key_revoke",
        ("POST", "/auth/revoke"): "auth_revoke",
        ("POST", "/internal/v1/api-keys/exchange"): "internal_api_key_exchange",
        ("POST", "/auth/sso/{provider}/begin"): "auth_sso_begin",
        ("GET", "/auth/sso/{provider}/callback"): "auth_sso_callback",
        ("GET", "/auth/identities"): "auth_identity_list",
        ("POST", "/auth/identities/{identity}"): "auth_identity_link",
        ("DELETE", "/auth/identities/{identity}"): "auth_identity_unlink",
        ("GET", "/.well-known/jwks.json"): "auth_jwks",
        ("GET", "/auth/receipt-keys"): "auth_receipt_keys",
        ("POST", "/internal/v1/token"): "internal_token",
        ("POST", "/internal/v1/introspect"): "internal_introspect",
        ("DELETE", "/internal/v1/account"): "internal_account_delete",
        ("POST", "/internal/v1/account/restore"): "internal_account_restore",
        ("POST", "/internal/v1/account/export"): "internal_account_export",
    }
