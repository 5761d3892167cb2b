"""Why a job failed, in one table: what its row may say, what the API describes, what staff read.

The pages have words of their own for every code, in each language; a test compares them with this.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from images.errors import UPLOAD_REFUSALS
from images.models import Job
from images.renditions import InvalidSpecError, OutputTooLargeError

ALL: Final = frozenset(Job.Kind)
RENDERING: Final = frozenset({Job.Kind.RENDER})


@dataclass(frozen=True, slots=True)
class FailureReason:
    """``code`` is stable, ``detail`` is what the row says where the run knows nothing nearer.

    ``retry_helps`` is whether the job may end otherwise when it is begun again as it is. Beginning
    it again is allowed either way: an operator may have brought a lost original back.
    """

    code: str
    detail: str
    retry_helps: bool
    kinds: frozenset[Job.Kind] = RENDERING


WORKER_CRASHED: Final = FailureReason(
    "worker_crashed",
    "The worker died on this job, each time that it was tried.",
    retry_helps=False,
    kinds=ALL,
)
TIME_LIMIT_EXCEEDED: Final = FailureReason(
    "time_limit_exceeded", "The job took longer than a job may take.", retry_helps=True
)
ORIGINAL_MISSING: Final = FailureReason(
    "original_missing", "The store has lost the original.", retry_helps=False
)
IMAGE_GONE: Final = FailureReason("image_gone", "The image was deleted.", retry_helps=False)
EXPORT_GONE: Final = FailureReason(
    "export_gone",
    "The export is not wanted any more.",
    retry_helps=False,
    kinds=frozenset({Job.Kind.EXPORT}),
)
OUT_OF_MEMORY: Final = FailureReason(
    "dimensions_exceeded", "The renditions need more memory than is allowed.", retry_helps=False
)

# A file is probed when it arrives, and most of what is wrong with it is refused then. What only the
# pixels show is found by a job, and has the same code.
_OF_FILES: Final = tuple(
    FailureReason(code, f"{refusal.title}.", retry_helps=False)
    for code, refusal in UPLOAD_REFUSALS.items()
    if code != OUT_OF_MEMORY.code
)
_OF_SPECS: Final = (
    FailureReason(InvalidSpecError.code, "The rendition cannot be made.", retry_helps=False),
    FailureReason(OutputTooLargeError.code, "The rendition would be too large.", retry_helps=False),
)

JOB_ERRORS: Final[Mapping[str, FailureReason]] = MappingProxyType(
    {
        error.code: error
        for error in (
            WORKER_CRASHED,
            TIME_LIMIT_EXCEEDED,
            ORIGINAL_MISSING,
            IMAGE_GONE,
            EXPORT_GONE,
            OUT_OF_MEMORY,
            *_OF_FILES,
            *_OF_SPECS,
        )
    }
)
"""Every reason by its code."""
