"""Role auth, whose look at a password lasts until the test lets it end."""

from platform_site.settings.auth import *  # noqa: F403

PASSWORD_HASHERS = ["tests.accounts.gated_hashers.GatedPasswordHasher"]
