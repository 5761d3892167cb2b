"""``manage.py expire_sessions``: removes what has expired, sessions and what leads to them."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.services.challenges import challenges_forget
from accounts.services.remembered_devices import devices_expire
from accounts.services.sessions import sessions_expire
from accounts.services.single_sign_on import states_forget


class Command(BaseCommand):
    help = "Remove what has expired: sessions, remembered browsers, challenges. Run it daily."

    def handle(self, *_args: Any, **_options: Any) -> None:
        count = sessions_expire()
        states_forget()
        devices, challenges = devices_expire(), challenges_forget()
        self.stdout.write(
            f"Removed expired: sessions {count}, remembered browsers {devices}, "
            f"challenges {challenges}."
        )
