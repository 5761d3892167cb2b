"""Role: backup. A Job that saves, restores and compares every table and object; serves nobody."""

from platform_site.kit import env

from .base import *
from .parts.accounts import *
from .parts.backup import *
from .parts.backup_watch import *
from .parts.database import *
from .parts.django_admin import *
from .parts.object_store import *

ROLE = "backup"
# A table is read as long as that takes.
DATABASES = {"default": database_of(statement_s=0.0, lock_s=0.0, idle_s=0.0, pool=False)}
STORAGES = {**STORAGES, **OBJECT_STORES}
TRIAL_OBJECTS = env.text(
    "TRIAL_OBJECTS",
    "",
    about="Directory for the objects of a rehearsal, in place of the bucket; set by "
    "`rehearse_restore`, never by hand.",
)
if TRIAL_OBJECTS:
    STORAGES["objects"] = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": TRIAL_OBJECTS},
    }
ROOT_URLCONF = "platform_site.urls.probes"
# The admin's tables without its pages, which would want what only the role admin has.
INSTALLED_APPS = [
    "django.contrib.admin.apps.SimpleAdminConfig",
    *(app for app in ADMIN_APPS if app != "django.contrib.admin"),
    *INSTALLED_APPS,
    *BACKUP_APPS,
    "accounts",
    "images",
]
MIDDLEWARE = [*MIDDLEWARE, *ADMIN_MIDDLEWARE]  # its checks ask for them
TEMPLATES[0]["OPTIONS"]["context_processors"] = ADMIN_CONTEXT_PROCESSORS
