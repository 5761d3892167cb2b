"""The user table, passwords by Argon2id (19 MiB, two passes: OWASP's first choice), and tries."""

from django.core.exceptions import ImproperlyConfigured

from platform_site.kit import env

AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = ["accounts.hashers.TunedArgon2PasswordHasher"]
HASHES_AT_ONCE = env.integer(
    "HASHES_AT_ONCE", 2, about="Password hashes of 19 MiB that one process computes at once."
)
_VALIDATION = "django.contrib.auth.password_validation."
PASSWORD_MIN_LENGTH = 10
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATION}UserAttributeSimilarityValidator"},
    {
        "NAME": f"{_VALIDATION}MinimumLengthValidator",
        "OPTIONS": {"min_length": PASSWORD_MIN_LENGTH},
    },
    {"NAME": f"{_VALIDATION}CommonPasswordValidator"},
    {"NAME": "accounts.passwords.RepetitivePasswordValidator"},
    {"NAME": "accounts.passwords.PersonalPasswordValidator"},
    {"NAME": "accounts.passwords.DecoratedPasswordValidator"},
    {"NAME": "accounts.breached_passwords.BreachedPasswordValidator"},
]
BREACHED_PASSWORDS = env.text(
    "BREACHED_PASSWORDS",
    "",
    about="URL, directory or file of hashes of breached passwords, by ranges; empty: not asked.",
)
TOTP_ISSUER = env.text(
    "TOTP_ISSUER",
    "Image platform",
    about="The platform's name in authenticator apps and beside passkeys.",
)
REMEMBERED_DEVICE_LIFETIME_S = env.integer(
    "REMEMBERED_DEVICE_LIFETIME_S",
    30 * 86_400,
    about="Seconds for which a remembered browser is not asked for the second factor.",
)


def require_second_factor(*, default: str) -> str:
    """Who must have a second factor: ``none``, ``staff`` or ``everybody``."""
    value = env.text(
        "REQUIRE_SECOND_FACTOR",
        default,
        about="Who must have a second factor: none, staff or everybody.",
    )
    if value not in {"none", "staff", "everybody"}:
        raise ImproperlyConfigured("REQUIRE_SECOND_FACTOR is none, staff or everybody.")
    return value


REQUIRE_SECOND_FACTOR = require_second_factor(default="staff")
ACCOUNT_DELETION_GRACE_DAYS = env.integer(
    "ACCOUNT_DELETION_GRACE_DAYS",
    7,
    about="Days for which a deleted account can be taken back before it is gone for good.",
)
GEOIP_DATABASE = env.text(
    "GEOIP_DATABASE",
    "",
    about="Path of a MaxMind database (.mmdb) by which sessions have a place; empty: none have.",
)
ACCOUNT_RATE_LIMITS = env.limits(
    "ACCOUNT_RATE_LIMITS",
    about="Tries that are allowed, by what is limited; the rest stands in accounts/rate_limits.py.",
)
