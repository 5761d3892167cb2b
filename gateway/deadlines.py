"""How long other roles are waited for, by the class of the route; the one place that says so.

nginx in front waits longer (a test compares), and so does nobody behind: auth and images give up on
their database, and a statement of theirs, before the gateway gives up on them.
"""

from typing import Final

from rest_framework.permissions import SAFE_METHODS

STATUS_S: Final = 1.0
"""Somebody asks how the platform is, a part that hangs among it."""
READ_S: Final = 2.0
WRITE_S: Final = 10.0
"""The largest change hides all that an owner has."""
UPLOAD_S: Final = 15.0
"""From the last byte on; before, each piece of it is taken within the kit's `PROGRESS_S`."""


def deadline_s(method: str) -> float:
    """For a call of a kind that is not named above."""
    return READ_S if method in SAFE_METHODS else WRITE_S
