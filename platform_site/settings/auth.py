"""Role: auth. Accounts, sessions and keys; the only role that can sign."""

from .base import *
from .parts.account_keys import *
from .parts.accounts import *
from .parts.audit import *
from .parts.cache import *
from .parts.cors import *
from .parts.database import *
from .parts.images_upstream import *
from .parts.mail import *
from .parts.single_sign_on import *
from .parts.token_issuer import *
from .parts.token_verifier import *

ROLE = "auth"
ROOT_URLCONF = "platform_site.urls.auth"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",  # the admin's: housekeeping removes those that have expired
    *INSTALLED_APPS,
    "accounts",
]
READINESS_CHECKS = DATABASE_CHECKS
