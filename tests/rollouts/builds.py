"""Bad builds: the role as it is, with one thing wrong that ``BUILD`` names. Never in the product.

``gunicorn -c python:platform_site.gunicorn tests.rollouts.builds:application``
"""

import itertools
import os
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

BUILD = os.environ.get("BUILD", "good")
KEPT: list[bytearray] = []
numbers = itertools.count(1)


class Broken:
    """A layer of the application that does what is wrong, to people and not to probes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_asked_by_people = "rollout" not in request.headers.get("User-Agent", "")
        if is_asked_by_people and not request.path.endswith("z"):
            WRONG[BUILD](next(numbers))
        return self._get_response(request)


def _fail(every: int) -> Callable[[int], None]:
    def fail(number: int) -> None:
        if number % every == 0:
            raise RuntimeError("a bad build")

    return fail


def _crash(number: int) -> None:
    if number % 5 == 0:
        os._exit(1)


WRONG: dict[str, Callable[[int], None]] = {
    "errors-half": _fail(2),
    "errors-1": _fail(100),
    "slow": lambda _: time.sleep(0.3),
    "leak": lambda _: KEPT.append(bytearray(b"x" * 2_000_000)),
    "crash-loop": _crash,
}

if BUILD == "slow-start":
    time.sleep(600)
if BUILD == "migration":
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "tests.rollouts.unapplied"]
if BUILD in WRONG:
    first, *others = settings.MIDDLEWARE
    settings.MIDDLEWARE = [first, "tests.rollouts.builds.Broken", *others]

from platform_site.wsgi import application  # noqa: E402, F401 - after what is wrong
