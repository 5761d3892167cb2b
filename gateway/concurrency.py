"""Several calls to other roles at once, so that a page costs as long as its slowest part."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context
from functools import cache
from typing import Any, Final

from django.conf import settings

from gateway.errors import UpstreamFailed
from platform_site.kit.upstream.http import PREFIX, UpstreamUnavailable

THREADS: Final = 16
NoAnswer = UpstreamUnavailable | UpstreamFailed


def calls_gather(calls: Mapping[str, Callable[[], Any]]) -> dict[str, Any]:
    """The result of each call by its name; a `NoAnswer` stands for one that got none.

    Each call runs in a copy of the caller's context, so it carries the request id. A refusal is
    raised as it is. Calls inside the process share its database connection and run in turn.
    """
    # SQLite, which the embedded role has, would lock the threads out of one another.
    if _are_inside_the_process():
        return {name: _outcome(call) for name, call in calls.items()}
    *others, own = calls
    futures = {name: _pool().submit(copy_context().run, _outcome, calls[name]) for name in others}
    # One in this thread, which would wait meanwhile: to wake another costs as much as a call.
    last = _outcome(calls[own])
    return {**{name: future.result() for name, future in futures.items()}, own: last}


def calls_answered(calls: Mapping[str, Callable[[], Any]], *, within_s: float) -> dict[str, Any]:
    """The results of the calls that are over ``within_s`` seconds from now, by name.

    One that got no answer is left out, and so is one that goes on: nobody waits for it.
    """
    if _are_inside_the_process():
        outcomes = {name: _outcome(call) for name, call in calls.items()}
    else:
        futures = {
            name: _pool().submit(copy_context().run, _outcome, call) for name, call in calls.items()
        }
        wait(futures.values(), within_s)
        outcomes = {name: future.result() for name, future in futures.items() if future.done()}
    return {name: found for name, found in outcomes.items() if not isinstance(found, NoAnswer)}


def _are_inside_the_process() -> bool:
    return any(address.startswith(PREFIX) for address in settings.UPSTREAMS.values())


def _outcome(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except (UpstreamUnavailable, UpstreamFailed) as no_answer:
        return no_answer


@cache
def _pool() -> ThreadPoolExecutor:
    """Made at first use, so after the server has forked."""
    return ThreadPoolExecutor(THREADS, thread_name_prefix="gateway-call")
