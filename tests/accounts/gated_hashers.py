"""The role's own hash, which holds its place among those at once while a gate is shut."""

import os
import time
from pathlib import Path

from django.contrib.auth.hashers import Argon2PasswordHasher

from accounts.hashers import TunedArgon2PasswordHasher
from accounts.passwords import normalized_password
from accounts.rate_limits import HASHES

GATE = "HASHES_GATE"
"""The variable that names a file: while that is there, the gate is shut."""
POLL_S = 0.01


class GatedPasswordHasher(TunedArgon2PasswordHasher):
    """`TunedArgon2PasswordHasher`, as slow as the test says."""

    def verify(self, password: str, encoded: str) -> bool:
        """Whether ``encoded`` is of ``password``, once the gate is open. Raises `Busy`."""
        with HASHES.hold():
            while Path(os.environ[GATE]).exists():
                time.sleep(POLL_S)
            return Argon2PasswordHasher.verify(self, normalized_password(password), encoded)
