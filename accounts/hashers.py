"""How passwords are hashed."""

from django.contrib.auth.hashers import Argon2PasswordHasher

from accounts.passwords import normalized_password
from accounts.rate_limits import HASHES


class TunedArgon2PasswordHasher(Argon2PasswordHasher):
    """Argon2id with 19 MiB, two passes and one lane: OWASP's minimum for Argon2id.

    Django's default takes nine times as long, which bounds the sign-ins of a one-core pod.
    """

    memory_cost = 19 * 1024
    """In KiB."""
    time_cost = 2
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """Hash ``password`` in its one spelling. Raises `Busy`."""
        with HASHES.hold():
            return super().encode(normalized_password(password), salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Whether ``encoded`` is of ``password``, also as it was typed. Raises `Busy`.

        Hashes from before there was one spelling are of what was typed then.
        """
        spellings = dict.fromkeys((normalized_password(password), password))
        return any(self._matches(spelling, encoded) for spelling in spellings)

    def _matches(self, password: str, encoded: str) -> bool:
        with HASHES.hold():
            return super().verify(password, encoded)
