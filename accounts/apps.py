"""The app's registration."""

from collections.abc import Callable, Mapping
from typing import ClassVar

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from accounts.metrics import sso_begin_at_zero
from accounts.oidc.providers import providers_known
from accounts.places import places_open
from accounts.services.polling import AUDIT, DENY_LIST, MAILS
from accounts.signing_keys import current_keyset


class AccountsConfig(AppConfig):
    """People, their sessions and the tokens that prove both."""

    name = "accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
    housekeeping: ClassVar[Mapping[str, int]] = {
        "expire_sessions": 3600,
        "delete_due_accounts": 3600,
        "expire_api_keys": 3600,
        "send_mails": 3600,
        "export_audit": 3600,
    }
    """What ``manage.py housekeeping`` runs: a command, and the seconds between two runs."""

    def ready(self) -> None:
        """Stop a role that signs at its start, and not at the first sign-in, if it cannot."""
        if self._signs:
            current_keyset().signer()
            places_open()
            self._mail_require()
            for provider_id in providers_known():
                sso_begin_at_zero(provider_id)

    def serve(self) -> None:
        """Begin what no request waits for, in a web process.

        The admin ends sessions and keys; of mails and the audit it writes, and sends none.
        """
        from accounts.services.deny_list import teller  # noqa: PLC0415 - it needs the models

        DENY_LIST.start(teller.look)
        if not self._signs:
            return
        from accounts.services.audit_rounds import audit_round  # noqa: PLC0415 - they need the models
        from accounts.services.overdue import overdue_tell  # noqa: PLC0415 - likewise

        def watch() -> None:
            overdue_tell()
            audit_round()

        AUDIT.start(watch)
        if settings.MAILS_ENABLED:
            from accounts.services.export_notices import exports_tell  # noqa: PLC0415 - likewise
            from accounts.services.mail_sending import mails_send  # noqa: PLC0415 - likewise

            def send() -> None:
                mails_send()
                exports_tell()  # which wakes the thread once more, if there is something to tell

            MAILS.start(send)

    def dependencies(self) -> Mapping[str, Callable[[], None]]:
        """What ``manage.py doctor`` tries for this app."""
        from accounts.tokens import signing_check  # noqa: PLC0415 - it needs the models

        return {"signing keys": signing_check} if self._signs else {}

    def _mail_require(self) -> None:
        """Stop a role that would send links to nowhere, or ask for links that it cannot send."""
        if settings.EMAIL_HOST and not settings.PUBLIC_URL:
            raise ImproperlyConfigured("EMAIL_HOST needs PUBLIC_URL, for the links in mails.")
        if settings.EMAIL_VERIFICATION == "required" and not settings.MAILS_ENABLED:
            raise ImproperlyConfigured("EMAIL_VERIFICATION=required needs EMAIL_HOST.")

    @property
    def _signs(self) -> bool:
        """Whether the role holds signing keys: the admin does not."""
        return hasattr(settings, "SIGNING_KEYS")
