"""The app's registration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, their sessions and the tokens that prove both."""

    name = "accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
