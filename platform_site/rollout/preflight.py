"""What is asked of the new colour before anybody is sent to it, through its own frontend.

A release that does not start, lacks a migration, a secret or a file, or fails at once, is found
here and costs nobody anything.
"""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import urllib3

from platform_site.rollout.judgement import ERRORS
from platform_site.rollout.ledger import REVERT_AT, Tally, weight

ASSET: Final = re.compile(
    rb"""(?:src|href)="(/[^"?#]+\.(?:js|css|svg|webmanifest|png|ico|woff2))\""""
)
TYPES: Final = {
    "js": "javascript",
    "css": "css",
    "svg": "svg",
    "webmanifest": "manifest",
    "png": "png",
    "ico": "icon",
    "woff2": "font",
}
"""What the type of a file's answer has to say; a page in place of a script is no script."""
WARM_UP: Final = ("/", "/.well-known/jwks.json", "/api/v1/presets", "/i/warm-up")
"""Reads without rights: refusals by each role are answers."""
TIMEOUT: Final = urllib3.Timeout(connect=2.0, read=10.0)
AGENT: Final = "image-platform-rollout"
OK: Final = 200
FAILURE: Final = 500


@dataclass(frozen=True, slots=True)
class Colour:
    """Where a colour can be reached without the split: its frontend, and each role's probe."""

    frontend: str
    ready: Sequence[str] = ()
    """URLs that answer 200 when a role of it is ready."""


class Probe:
    """Asks one colour, as a person's browser would and as Kubernetes does."""

    def __init__(
        self,
        colour: Colour,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._colour = colour
        self._clock, self._sleep = clock, sleep
        self._http = urllib3.PoolManager(
            retries=False, timeout=TIMEOUT, headers={"User-Agent": AGENT}
        )

    def refusals(self, *, ready_within_s: float, warm_up: int) -> Iterator[str]:
        """What stands against the colour, in words; what comes later depends on what came before.

        So the first words are the reason, and nothing after them is asked.
        """
        if words := self.unready(within_s=ready_within_s):
            yield words
            return
        yield from self.pages()
        yield from self.warmed_up(warm_up)

    def unready(self, *, within_s: float) -> str:
        """Why it is not ready within that time; empty when it is."""
        until = self._clock() + within_s
        while words := self._unready():
            if self._clock() >= until:
                return f"not ready within {within_s:.0f} s: {words}"
            self._sleep(0.5)
        return ""

    def pages(self) -> Iterator[str]:
        """What is wrong with the page and the files that it names."""
        page = self._got("/")
        if isinstance(page, str):
            yield page
            return
        named = sorted({name.decode() for name in ASSET.findall(page.data)})
        if not any(name.endswith(".js") for name in named):
            yield "the page names no script"
        for name in named:
            answer = self._got(name)
            if isinstance(answer, str):
                yield answer
                continue
            kind = answer.headers.get("Content-Type", "none")
            wanted = TYPES[name.rpartition(".")[2]]
            if wanted not in kind or not answer.data:
                yield f"{name} is {kind} of {len(answer.data)} bytes"

    def warmed_up(self, requests: int) -> Iterator[str]:
        """Send ``requests`` reads, after which its processes have loaded what they load."""
        failed: list[str] = []
        for number in range(requests):
            path = WARM_UP[number % len(WARM_UP)]
            answer = self._asked(f"{self._colour.frontend}{path}")
            if isinstance(answer, str):
                failed.append(answer)
            elif answer.status >= FAILURE:
                failed.append(f"{path} answers {answer.status}")
        if weight(Tally(requests, len(failed)), 0.0, ERRORS) >= REVERT_AT:
            yield f"{len(failed)} of {requests} reads failed, the first: {failed[0]}"

    def _unready(self) -> str:
        for url in (*self._colour.ready, f"{self._colour.frontend}/readyz"):
            answer = self._asked(url)
            if isinstance(answer, str):
                return answer
            if answer.status != OK:
                body = answer.data[:300].decode(errors="replace")
                return f"{url} answers {answer.status} {body}"
        return ""

    def _got(self, path: str) -> "urllib3.BaseHTTPResponse | str":
        answer = self._asked(f"{self._colour.frontend}{path}")
        if isinstance(answer, str) or answer.status == OK:
            return answer
        return f"{path} answers {answer.status}"

    def _asked(self, url: str) -> "urllib3.BaseHTTPResponse | str":
        try:
            return self._http.request("GET", url)
        except urllib3.exceptions.HTTPError as exc:
            return f"{url} gives no answer ({type(exc).__name__})"
