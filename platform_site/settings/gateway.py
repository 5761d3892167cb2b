"""Role: gateway. The public edge; owns no data and signs nothing."""

from .base import *
from .parts.cache import *
from .parts.cors import *
from .parts.upstreams import *
from .parts.static_files import *
from .parts.token_verifier import *
from .parts.uploads import *

ROLE = "gateway"
ROOT_URLCONF = "platform_site.urls.gateway"
INSTALLED_APPS = [*INSTALLED_APPS, "drf_spectacular", "drf_spectacular_sidecar", "gateway"]
MIDDLEWARE = [*MIDDLEWARE, *WHITENOISE_MIDDLEWARE]
STATIC_URL = "/api/v1/static/"
SPECTACULAR_SETTINGS = {
    **SPECTACULAR_SETTINGS,
    "PREPROCESSING_HOOKS": ["gateway.openapi.relayed_described"],
}
