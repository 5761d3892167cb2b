"""Idempotency-Key: a POST that is sent again gets the first answer, and happens once."""

import hashlib
import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, Protocol

import structlog
from django.core.cache import cache
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from gateway.errors import (
    IdempotencyInProgress,
    IdempotencyKeyInvalid,
    IdempotencyKeyReused,
    IdempotencyUnavailable,
    UploadInterrupted,
)
from gateway.metrics import IDEMPOTENCY
from gateway.permissions import principal_of
from platform_site.kit import shared_cache
from platform_site.kit.identifiers import random_token
from platform_site.kit.rest.problems import DomainError
from platform_site.kit.shared_cache import CacheUnavailable

log = structlog.get_logger(__name__)

KEEP_S: Final = 24 * 3600
RUNNING_S: Final = 300
"""How long a key stays taken when the process that took it dies: longer than any request runs."""
CLAIM_S: Final = 10
"""How long a key stays taken when the answer that it was taken got lost: nobody works under it."""
KEY: Final = re.compile(r"[!-~]{1,255}")
NOT_STORED: Final = 429
KEPT_HEADERS: Final = ("Content-Type", "Location", "ETag", "Preference-Applied", "Retry-After")


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """A finished answer and the fingerprint of the request that it belongs to."""

    fingerprint: str
    status: int
    headers: dict[str, str]
    body: bytes

    @classmethod
    def from_held(cls, held: list[Any]) -> "StoredAnswer":
        """The answer as it stood in the cache."""
        fingerprint, status, headers, body = held
        return cls(fingerprint, status, headers, b64decode(body))

    @property
    def held(self) -> list[Any]:
        """The answer as JSON, which has no bytes."""
        return [self.fingerprint, self.status, self.headers, b64encode(self.body).decode()]

    def response(self) -> HttpResponse:
        """The answer again, marked as a replay."""
        replay = HttpResponse(self.body, status=self.status, headers=self.headers)
        replay["Idempotency-Replayed"] = "true"
        return replay


class Repeatable(Protocol):
    """A view whose POST can be repeated under a key."""

    def fingerprint_prepare(self, request: Request) -> None:
        """Told before the body is read that its digest will be asked for."""

    def body_digest(self) -> str:
        """The digest of the whole body."""

    def handle_exception(self, exc: Exception) -> Response:
        """DRF's: the response that ``exc`` stands for. Raises what it does not know."""


Parameters = ParamSpec("Parameters")
Handler = Callable[Concatenate[Any, Request, Parameters], HttpResponseBase]


def idempotent(handler: Handler[Parameters]) -> Handler[Parameters]:
    """Honour ``Idempotency-Key`` on the handler of a POST; without one nothing changes.

    Raises `IdempotencyInProgress`, `IdempotencyKeyReused` and, when the store is down,
    `IdempotencyUnavailable`.
    """

    @wraps(handler)
    def once(
        view: Any, request: Request, /, *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> HttpResponseBase:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return handler(view, request, *args, **kwargs)
        slot = Slot(_slot_name(request, key))
        # Before the first read: afterwards a stream cannot be hashed any more.
        view.fingerprint_prepare(request)
        if not slot.take():
            return _earlier_answer(view, request, slot)
        IDEMPOTENCY.labels("first").inc()
        kept = False
        try:
            response = _answer(view, lambda: handler(view, request, *args, **kwargs))
            kept = _keep_when_final(view, request, slot, response)
        finally:
            # Also after an exception that nobody foresaw, or the key would stay taken for minutes.
            if not kept:
                slot.free()
        return response

    return once


class Slot:
    """The place of one key in the shared cache."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._mark = {"running": random_token()}

    def take(self) -> bool:
        """Whether the key was free, and now is taken. One of many wins.

        It is taken for a moment first, and for as long as a request runs once that is known here.
        """
        try:
            return shared_cache.query(
                lambda: self._claim() and cache.touch(self._name, RUNNING_S) and self._is_ours()
            )
        except CacheUnavailable as exc:
            IDEMPOTENCY.labels("down").inc()
            raise IdempotencyUnavailable(retry_after_s=1) from exc

    def _claim(self) -> bool:
        """A question that was asked twice, over a connection that was reset, finds its own mark."""
        return cache.add(self._name, self._mark, CLAIM_S) or self._is_ours()

    def _is_ours(self) -> bool:
        return bool(cache.get(self._name) == self._mark)

    def answer(self) -> StoredAnswer | None:
        """What the first request was answered; ``None`` while it runs."""
        try:
            held = shared_cache.query(lambda: cache.get(self._name))
        except CacheUnavailable as exc:
            IDEMPOTENCY.labels("down").inc()
            raise IdempotencyUnavailable(retry_after_s=1) from exc
        return StoredAnswer.from_held(held) if isinstance(held, list) else None

    def keep(self, answer: StoredAnswer) -> None:
        """Keep ``answer`` for a day. The work is done, so a store that is down is only logged."""
        try:
            shared_cache.query(lambda: cache.set(self._name, answer.held, KEEP_S))
        except CacheUnavailable:
            log.warning("idempotency_answer_lost")

    def free(self) -> None:
        """Let the next request with this key run."""
        try:
            shared_cache.query(lambda: cache.delete(self._name))
        except CacheUnavailable:
            log.warning("idempotency_key_stays_taken", seconds=RUNNING_S)


def _slot_name(request: Request, key: str) -> str:
    if not KEY.fullmatch(key):
        raise IdempotencyKeyInvalid
    match = request.resolver_match
    route = match.route if match else request.path
    # By route and not by path: a key that comes again for another object is refused, not new.
    principal = principal_of(request)
    # Each API key by itself: two programs of one person know nothing of each other's words.
    who = f"{principal.owner_id}/{principal.key_id}" if principal.is_key else principal.owner_id
    scope = f"{who}\n{route}\n{key}"
    return f"idempotency:{hashlib.sha256(scope.encode()).hexdigest()}"


def _fingerprint(view: Repeatable, request: Request) -> str:
    return f"{request.method} {request.get_full_path()} {view.body_digest()}"


def _earlier_answer(view: Repeatable, request: Request, slot: Slot) -> HttpResponseBase:
    answer = slot.answer()
    if answer is None:
        IDEMPOTENCY.labels("in_progress").inc()
        raise IdempotencyInProgress(retry_after_s=1)
    if answer.fingerprint != _fingerprint(view, request):
        IDEMPOTENCY.labels("reused").inc()
        raise IdempotencyKeyReused
    IDEMPOTENCY.labels("replayed").inc()
    return answer.response()


def _answer(view: Repeatable, act: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """A refusal is an answer too, and is kept like one."""
    try:
        return act()
    except (DomainError, APIException) as refusal:
        return view.handle_exception(refusal)


def _keep_when_final(
    view: Repeatable, request: Request, slot: Slot, response: HttpResponseBase
) -> bool:
    """Keep ``response`` once it is rendered; ``False`` when trying again could end otherwise."""
    # A fault or a full bucket passes; an answer that is kept would outlive it by a day.
    if response.status_code >= 500 or response.status_code == NOT_STORED:  # noqa: PLR2004
        return False
    try:
        fingerprint = _fingerprint(view, request)
    except UploadInterrupted:
        return False  # nobody reads this answer, and half a body has no fingerprint

    def keep(rendered: Any) -> None:
        headers = {name: rendered[name] for name in KEPT_HEADERS if name in rendered}
        slot.keep(StoredAnswer(fingerprint, rendered.status_code, headers, rendered.content))

    if isinstance(response, Response):
        response.add_post_render_callback(keep)
    else:
        keep(response)
    return True
