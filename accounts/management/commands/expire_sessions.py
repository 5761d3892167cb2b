"""``manage.py expire_sessions``: removes sessions that can no longer be refreshed."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.services.sessions import sessions_expire
from accounts.services.single_sign_on import states_forget


class Command(BaseCommand):
    help = "Remove sessions that can no longer be refreshed. Run it daily."

    def handle(self, *_args: Any, **_options: Any) -> None:
        count = sessions_expire()
        states_forget()
        self.stdout.write(f"Removed {count} expired {'session' if count == 1 else 'sessions'}.")
