"""What of an account a proof was given for: ends with the password and with signing out."""

from secrets import compare_digest

from accounts.models import User
from accounts.secret_keys import peppered

PURPOSE = "sign_in_state"


def sign_in_states(user: User) -> list[str]:
    """Digests of the state of ``user`` by each key, the newest first: a row keeps the first."""
    return peppered(PURPOSE, f"{user.id}|{user.password}|{user.sign_out_epoch}")


def is_sign_in_state(user: User, state: str) -> bool:
    """Whether ``user`` still is as when ``state`` was made."""
    fits = [compare_digest(known, state) for known in sign_in_states(user)]
    return any(fits)
