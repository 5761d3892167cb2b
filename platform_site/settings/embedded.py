"""Role: embedded. Every role in one web process and one worker, on a laptop, without a server."""

# isort: off
from .parts.embedded_secrets import *  # first: the readers below find its keys

# isort: on
from platform_site import variables
from platform_site.kit import env

from .base import *
from .parts.account_keys import *
from .parts.accounts import *
from .parts.audit import *
from .parts.backup_watch import *
from .parts.backup import *
from .parts.broker import *
from .parts.cors import *
from .parts.delivery import *
from .parts.django_admin import *
from .parts.embedded_data import *  # after `broker`: the queue is a directory here
from .parts.images import *
from .parts.mail import *
from .parts.upstreams import *
from .parts.static_files import *
from .parts.single_sign_on import *
from .parts.token_issuer import *
from .parts.token_verifier import *
from .parts.uploads import *

ROLE = "embedded"
ROOT_URLCONF = "platform_site.urls.embedded"
INSTALLED_APPS = [
    *ADMIN_APPS,
    *INSTALLED_APPS,
    *BACKUP_APPS,
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "accounts",
    "gateway",
    "images",
]
CELERY_TASK_QUEUES, CELERY_TASK_DEFAULT_QUEUE, CELERY_BEAT_SCHEDULE = tasks_of(*INSTALLED_APPS)
# After our own layers, so that files and pages of the admin are logged and have their headers, too.
MIDDLEWARE = [*MIDDLEWARE, *WHITENOISE_MIDDLEWARE, *ADMIN_MIDDLEWARE]
TEMPLATES[0]["OPTIONS"]["context_processors"] = ADMIN_CONTEXT_PROCESSORS
FRONTEND_DIST = BASE_DIR / "frontend" / "dist"
if FRONTEND_DIST.is_dir():
    WHITENOISE_ROOT = FRONTEND_DIST
    WHITENOISE_IMMUTABLE_FILE_TEST = r"^/assets/"
    WHITENOISE_MAX_AGE = 0  # `index.html` among them, which names the files of one release
    WHITENOISE_MIMETYPES = {".webmanifest": "application/manifest+json"}
STORAGES = {**STORAGES, **OBJECT_STORES}
READINESS_CHECKS = DATABASE_CHECKS
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; frame-ancestors 'none'; base-uri 'self'; "
    "form-action 'self'; object-src 'none'"
)
# A laptop serves plain HTTP on its loopback address, where a Secure cookie would not come back.
REFRESH_COOKIE_SECURE = refresh_cookie_secure(default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = admin_cookie_secure(default=False)
# The demo account of a laptop is staff, and its password is on the screen.
REQUIRE_SECOND_FACTOR = require_second_factor(default="none")
JOB_REQUEUE_AFTER_S = 20
WORKER_DRAIN_S = 15.0  # before `platform_site.embedded.supervisor` loses its patience
WORKER_HEARTBEAT_FILE = str(VAR_DIR / "worker-heartbeat")
# Backups of a laptop are made by hand, and nobody is woken for one.
BACKUP_INTERVALS_S = backup_intervals(default_s=0)
REHEARSAL_DIRECTORY = str(VAR_DIR / "rehearsals")
WEB_SERVER = env.text(
    "WEB_SERVER", "gunicorn", about="Server of the web process of `make up`: gunicorn or granian."
)

# Without a mail server, mail is written where `make up` shows it.
EMAIL_BACKEND = EMAIL_BACKEND if EMAIL_HOST else "platform_site.embedded.mail_log.FileLog"
EMAIL_FILE_PATH = str(VAR_DIR / "log" / "mails.log")
MAILS_ENABLED = True
LOCAL_URL = f"http://localhost:{variables.port()}"

# The public document is built here, where the views of every role can be seen.
SPECTACULAR_SETTINGS = {
    **SPECTACULAR_SETTINGS,
    "PREPROCESSING_HOOKS": ["gateway.openapi.relayed_described"],
    "ENUM_NAME_OVERRIDES": {
        "ExportStateEnum": "images.api.responses.EXPORT_STATES",
        "ImageStateEnum": "images.selectors.images.SHOWN_STATES",
        "InputFormatEnum": "images.renditions.FORMATS",
        "JobKindEnum": "images.api.responses.JOB_KINDS",
        "JobStateEnum": "images.api.responses.JOB_STATES",
        "OutputFormatEnum": "images.renditions.OUTPUT_FORMATS",
    },
}
