"""The user table, passwords by Argon2id (19 MiB, two passes: OWASP's first choice), and tries."""

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
ACCOUNT_DELETION_GRACE_DAYS = env.integer(
    "ACCOUNT_DELETION_GRACE_DAYS",
    7,
    about="Days for which a deleted account can be taken back before it is gone for good.",
)
ACCOUNT_RATE_LIMITS = env.limits(
    "ACCOUNT_RATE_LIMITS",
    about="Tries that are allowed, by what is limited; the rest stands in accounts/rate_limits.py.",
)
