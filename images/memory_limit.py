"""A ceiling on the memory that a worker's child may map, so that a decoder cannot take the node.

A decode that meets it fails with ``MemoryError``, which is a refusal of the picture; without it the
kernel would kill the process, and perhaps another one first.
"""

import resource
from typing import Any

from celery.signals import worker_process_init
from django.conf import settings


@worker_process_init.connect
def limit(**_signal: Any) -> None:
    """Set the ceiling in a new child, from setting ``WORKER_ADDRESS_SPACE_BYTES``; 0 means none."""
    # Address space and not resident memory, for which Linux has no limit of a process.
    ceiling = settings.WORKER_ADDRESS_SPACE_BYTES
    if ceiling:
        resource.setrlimit(resource.RLIMIT_AS, (ceiling, ceiling))
