"""Providers of OpenID Connect through which people may sign in; none by default."""

from platform_site.kit import env

OIDC_PROVIDERS = env.json_value(
    "OIDC_PROVIDERS",
    "[]",
    about="Providers of single sign-on: a list of objects with id, name, issuer, client_id and, "
    "where wanted, scopes, sign_up, email_domains, algorithms.",
)
OIDC_CLIENT_SECRETS = env.secrets_by_id(
    "OIDC_CLIENT_SECRETS",
    about="Client secrets that the providers of single sign-on gave out, by the provider's id.",
    min_length=16,
    is_optional=True,
)
