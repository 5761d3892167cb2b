"""Django's own admin: sessions, templates and the middleware that it needs, in this role only."""

from platform_site.kit import env

ADMIN_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
]
ADMIN_MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.admin_audit.admin_changes_recorded",
]
ADMIN_CONTEXT_PROCESSORS = [
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
]
# Unlike elsewhere a cookie signs people in, so the check of W003 counts (see base.py).
SILENCED_SYSTEM_CHECKS = ["security.W001", "security.W002"]


def admin_cookie_secure(*, default: bool) -> bool:
    """Whether the cookies of the admin's pages are sent back over HTTPS only."""
    return env.boolean(
        "ADMIN_COOKIE_SECURE",
        default=default,
        about="Whether the admin's cookies are for HTTPS, and for localhost in Chromium and "
        "Firefox, only.",
    )


SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = admin_cookie_secure(default=True)
SESSION_COOKIE_AGE = 12 * 3600
"""Seconds until the admin asks for password and second factor again; Django's are two weeks."""
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "platform_site.embedded.pages.csrf_failure"
