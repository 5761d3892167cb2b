"""The Celery application of the role; tasks are found in the apps that the role installs."""

import logging.config
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings

app = Celery("platform")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def use_our_logging(**_signal: Any) -> None:
    """The worker logs in the same shape as the web."""
    logging.config.dictConfig(settings.LOGGING)
