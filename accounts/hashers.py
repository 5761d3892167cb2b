"""How passwords are hashed."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class TunedArgon2PasswordHasher(Argon2PasswordHasher):
    """Argon2id with 19 MiB, two passes and one lane: OWASP's minimum for Argon2id.

    Django's default takes nine times as long, which bounds the sign-ins of a one-core pod.
    """

    memory_cost = 19 * 1024
    """In KiB."""
    time_cost = 2
    parallelism = 1
