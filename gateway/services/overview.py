"""One person's first page, joined from what auth and images know."""

from typing import Any, Final

from gateway.clients.auth import profile_of
from gateway.clients.images import read
from gateway.clients.upstream_calls import document_of
from gateway.concurrency import NoAnswer, calls_gather
from gateway.errors import UpstreamFailed
from gateway.permissions import Caller

IMAGES: Final = "images?limit=12"
UNFINISHED: Final = "jobs?state=running,queued&limit=20"


def overview_of(*, caller: Caller) -> dict[str, Any]:
    """Who the caller is, what they store, their newest images and their unfinished jobs.

    A role without an answer is named in ``unavailable``, and its parts are ``None`` or empty. A
    refusal is raised.
    """
    parts = calls_gather(
        {
            "user": lambda: profile_of(principal=caller.principal),
            "usage": lambda: document_of(read("usage", caller=caller)),
            "images": lambda: _results(IMAGES, caller),
            "jobs": lambda: _results(UNFINISHED, caller),
        }
    )
    silent = {name for name, part in parts.items() if isinstance(part, NoAnswer)}
    empty: dict[str, Any] = {"user": None, "usage": None, "images": [], "jobs": []}
    return {
        **{name: empty[name] if name in silent else part for name, part in parts.items()},
        "unavailable": sorted({"auth" if name == "user" else "images" for name in silent}),
    }


def _results(path: str, caller: Caller) -> list[Any]:
    """What is on a page, without the way to its neighbours. Raises `UpstreamFailed`."""
    page = document_of(read(path, caller=caller))
    if not (isinstance(page, dict) and isinstance(page.get("results"), list)):
        raise UpstreamFailed("The answer is not a page.")
    results: list[Any] = page["results"]
    return results
