"""What a request would rather have (``Prefer``, RFC 7240): here, to wait for its job."""

import re
from typing import Final

LONGEST_WAIT_S: Final = 30
WAIT: Final = re.compile(r"(?:^|[,;\s])wait\s*=\s*\"?(\d{1,9})", re.IGNORECASE | re.ASCII)


def preferred_wait_s(header: str) -> int:
    """The whole seconds that a ``Prefer`` header asks to wait, 30 at most.

    >>> preferred_wait_s("respond-async, wait=10")
    10
    >>> preferred_wait_s("return=minimal")
    0
    """
    found = WAIT.search(header)
    return min(int(found.group(1)), LONGEST_WAIT_S) if found else 0
