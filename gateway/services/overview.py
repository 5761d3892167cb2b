"""One person's first page, joined from what auth and images know."""

from dataclasses import dataclass
from typing import Any, Final

from gateway.clients.auth import profile_of
from gateway.clients.images import image_list, job_list, usage_of
from gateway.clients.types import Job, Profile, StoredImage, Usage
from gateway.concurrency import NoAnswer, calls_gather
from platform_site.kit.auth.tokens import Principal

IMAGES: Final = 12
UNFINISHED: Final = {"state": "running,queued", "limit": "20"}


@dataclass(frozen=True, slots=True)
class Summary:
    """The parts that were answered; ``unavailable`` names the roles that gave no answer."""

    user: Profile | None
    usage: Usage | None
    images: list[StoredImage]
    jobs: list[Job]
    unavailable: list[str]


def overview_of(*, principal: Principal) -> Summary:
    """Who the caller is, what they store, their newest images and their unfinished jobs.

    A role without an answer is named, and its parts are empty. A refusal is raised.
    """
    parts = calls_gather(
        {
            "user": lambda: profile_of(principal=principal),
            "usage": lambda: usage_of(principal=principal),
            "images": lambda: image_list(principal=principal, query={"limit": str(IMAGES)}),
            "jobs": lambda: job_list(principal=principal, query=UNFINISHED),
        }
    )
    silent = {"auth" if name == "user" else "images" for name in parts if _is_silent(parts[name])}
    answered = {name: None if _is_silent(part) else part for name, part in parts.items()}
    images, jobs = answered["images"], answered["jobs"]
    return Summary(
        user=answered["user"],
        usage=answered["usage"],
        images=images.results if images else [],
        jobs=jobs.results if jobs else [],
        unavailable=sorted(silent),
    )


def _is_silent(part: Any) -> bool:
    return isinstance(part, NoAnswer)
