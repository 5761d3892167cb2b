"""Role: rollout. A Job that moves people between two releases; serves nobody and signs nothing."""

from platform_site.kit import env
from platform_site.kit.identifiers import random_token

env.FALLBACKS["DJANGO_SECRET_KEY"] = random_token()  # Django wants one; nothing here is signed

from .base import *

ROLE = "rollout"
ROOT_URLCONF = "platform_site.urls.probes"
