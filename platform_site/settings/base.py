"""What every role has. No database, no broker, no bucket and no key."""

from pathlib import Path
from tomllib import loads
from typing import Any

from platform_site import variables
from platform_site.kit import env
from platform_site.kit.telemetry import logs

BASE_DIR = Path(__file__).resolve().parents[2]
# An image says which release it was built as; a checkout is of the version that is being made.
VERSION: str = (
    env.text(
        "PLATFORM_VERSION",
        "",
        about="Version that the role says it has; set by the image, empty: that of pyproject.toml.",
    )
    or loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"]
)

SECRET_KEY = env.secret(
    "DJANGO_SECRET_KEY", about="Key that signs sessions of the admin, messages and one-time links."
)
SECRET_KEY_FALLBACKS = env.former_secrets(
    "DJANGO_SECRET_KEY_FALLBACKS",
    about="Other keys of which signatures are believed: former ones, and the next one.",
)
DEBUG = False
ALLOWED_HOSTS = env.words(
    "ALLOWED_HOSTS",
    "localhost,127.0.0.1,[::1]",
    about="Host names that are answered; a request for another one is 400.",
)
PUBLIC_URL = env.text(
    "PUBLIC_URL",
    "",
    about="Origin of every link in an answer; empty: that of the request.",
).rstrip("/")
LOCAL_URL = ""
"""Where the platform is, for links of mails that no request asked for, if it has no PUBLIC_URL."""
TRUSTED_PROXY_COUNT = variables.trusted_proxy_count()
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
TRUSTED_ORIGINS = env.words(
    "TRUSTED_ORIGINS",
    about="Other addresses of the platform's own pages, which may renew a session by its cookie. "
    "Pages of others use CORS_ORIGINS.",
)
SHARED_PATHS: dict[str, Any] = {}
HSTS_SECONDS = env.integer(
    "HSTS_SECONDS",
    0,
    about="Seconds of Strict-Transport-Security; 0 sends no such header.",
)
METRICS_PORT = env.integer(
    "METRICS_PORT", 0, about="Port on which the role serves /metrics; 0 serves none."
)
CONTENT_SECURITY_POLICY = "default-src 'none'; frame-ancestors 'none'"

INSTALLED_APPS = ["django.contrib.staticfiles", "rest_framework", "platform_site"]
MIDDLEWARE = [
    "platform_site.kit.telemetry.middleware.RequestLayer",
    "platform_site.kit.rest.cors.CrossOrigin",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "platform_site" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
WSGI_APPLICATION = "platform_site.wsgi.application"
# A redirect would lose the body of a POST, and hide a wrong URL in a client.
APPEND_SLASH = False
SILENCED_SYSTEM_CHECKS = [
    "security.W001",  # these headers are set by the kit's RequestLayer, HSTS where it is asked
    "security.W002",  # likewise
    "security.W003",  # no cookie signs anybody in here; the refresh cookie's Origin is checked
]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
DATABASES: dict[str, dict[str, Any]] = {}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
READINESS_CHECKS: list[str] = []

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
STATIC_URL = "/static/"
STORAGES: dict[str, Any] = {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}

# Of JSON and forms; files have a limit of their own (`parts/uploads.py`).
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000

LOGGING_CONFIG = "logging.config.dictConfig"
LOGGING = logs.configuration(
    level=env.text(
        "LOG_LEVEL",
        "INFO",
        about="Least level that is logged: DEBUG, INFO, WARNING, ERROR or CRITICAL.",
    ),
    form=env.text(
        "LOG_FORMAT", "json", about="json for one JSON object a line, console for people."
    ),
)
logs.install()

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["platform_site.kit.auth.authentication.UserAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["platform_site.kit.rest.codecs.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["platform_site.kit.rest.codecs.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "platform_site.kit.rest.openapi.RouteSchema",
    "DEFAULT_METADATA_CLASS": None,  # OPTIONS describes nothing: the OpenAPI document does
    "EXCEPTION_HANDLER": "platform_site.kit.rest.exceptions.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "UNAUTHENTICATED_TOKEN": None,
    "URL_FORMAT_OVERRIDE": None,  # `?format=` is a filter of ours, not a renderer
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Image platform",
    "VERSION": VERSION,
    "DESCRIPTION": "Send photographs; get them back resized, converted and safe to publish.",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_SPLIT_PATCH": False,  # what may be changed may also be left out
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "platform_site.kit.rest.openapi.headers_add",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}
