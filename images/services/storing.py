"""Stores what a run makes while it makes more, and writes it down in few transactions."""

from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from hashlib import sha256
from time import monotonic
from types import TracebackType
from typing import Final, Self

import structlog
from django.db import DatabaseError, transaction

from images import metrics, storage
from images.models import Image
from images.renditions import RenderedFile
from images.services.image_state import MadeRendition, image_touch, renditions_write
from images.services.job_lease import Run, RunSuperseded
from images.services.quota import leftover_note

log = structlog.get_logger(__name__)

THREADS: Final = 2
IN_FLIGHT: Final = 4
HELD_BYTES: Final = 8_000_000
"""Of files that are made and not stored; one that is larger is stored before the next is made."""
PAUSE_FIRST_S: Final = 0.2
PAUSE_LONGEST_S: Final = 1.0
ENDING_S: Final = 10.0
"""How long a run that fails waits for what it is storing: well within what Celery leaves it."""


class Storing:
    """The renditions of one run, from their bytes to their rows; to be entered around the work.

    Equal bytes are one object, stored once. Whatever goes wrong in a thread is raised by the next
    call. A run that fails with the work keeps what it has stored; one that is killed loses what it
    made since it last wrote, and makes that again.
    """

    def __init__(self, run: Run, image: Image, *, ready: int) -> None:
        """``ready`` of the renditions of the job were there before."""
        self.ready = ready
        self._run, self._image = run, image
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="store")
        self._stored: dict[str, Future[None]] = {}
        self._in_flight: dict[Future[None], int] = {}
        self._unwritten: list[MadeRendition] = []
        self._is_complete: bool | None = None
        self._begun_at = self._written_at = monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        try:
            if isinstance(exc, Exception) and not isinstance(exc, RunSuperseded | DatabaseError):
                self._keep_stored()
        except RunSuperseded:
            self._leave_nothing()
            raise
        else:
            if isinstance(exc, RunSuperseded):
                self._leave_nothing()
        finally:
            # What hangs is not waited for: a second run stores the same bytes in the same place.
            self._pool.shutdown(wait=False, cancel_futures=True)

    def take(self, file: RenderedFile) -> None:
        """Store ``file`` beside what comes next, and write down what is stored if it is time.

        Raises `RunSuperseded`, or `StorageUnavailable` for any file that was taken.
        """
        checksum = sha256(file.content).hexdigest()
        extension = file.spec.image_format.extension
        key = storage.content_key(self._image.id, checksum=checksum, extension=extension)
        if key not in self._stored:
            self._make_room(len(file.content))
            self._store(key, file, checksum)
        self._is_complete = file.is_complete
        size = len(file.content)
        self._unwritten.append(
            MadeRendition(str(file.spec), key, size, checksum, file.width, file.height, file.mime)
        )
        metrics.RENDITIONS_TOTAL.labels(file.spec.format).inc()
        if self._is_due():
            self._write(self.rest())

    def rest(self) -> Sequence[MadeRendition]:
        """What is not written down yet, once all of it is stored. Raises `StorageUnavailable`."""
        for future in self._in_flight:
            future.result()
        self._in_flight.clear()
        return self._unwritten

    def _store(self, key: str, file: RenderedFile, checksum: str) -> None:
        put = copy_context().run  # so that the thread's span is one of this run
        future = self._pool.submit(
            put,
            storage.bytes_put,
            key,
            file.content,
            content_type=file.mime,
            sha256=checksum,
        )
        self._stored[key] = future
        self._in_flight[future] = len(file.content)
        metrics.RENDER_BYTES_TOTAL.labels(file.spec.format).inc(len(file.content))

    def _make_room(self, size: int) -> None:
        """Wait until ``size`` more bytes may be held."""
        while self._in_flight:
            for future in [each for each in self._in_flight if each.done()]:
                future.result()
                del self._in_flight[future]
            held = sum(self._in_flight.values())
            if len(self._in_flight) < IN_FLIGHT and held + size <= HELD_BYTES:
                return
            wait(self._in_flight, return_when=FIRST_COMPLETED)

    def _is_due(self) -> bool:
        # Each pause is as long as all of the run before it, so that a run writes a handful of times
        # whether it takes a second or ten.
        so_far_s = self._written_at - self._begun_at
        pause_s = min(PAUSE_LONGEST_S, max(PAUSE_FIRST_S, so_far_s))
        return monotonic() - self._written_at >= pause_s

    def _write(self, made: Sequence[MadeRendition]) -> None:
        if not made:
            return
        with transaction.atomic():
            self._run.write(
                progress_done=self.ready + len(made), progress_step=f"stored {made[-1].spec}"
            )
            renditions_write(image_id=self._image.id, made=made)
            image_touch(image_id=self._image.id, complete=self._is_complete)
        self.ready += len(made)
        self._unwritten = self._unwritten[len(made) :]
        self._written_at = monotonic()

    def _keep_stored(self) -> None:
        """Write down what is stored by now, or soon: the run ends, and its work need not."""
        wait(self._in_flight, ENDING_S)
        kept = {key for key, future in self._stored.items() if _is_done(future)}
        self._unwritten = [made for made in self._unwritten if made.storage_key in kept]
        self._write(self._unwritten)

    def _leave_nothing(self) -> None:
        # While the image is there its objects stay: another run may store the same bytes under the
        # same key at this moment, and they go with the image. Afterwards nobody else will ever
        # delete them.
        wait(self._in_flight, ENDING_S)
        image = Image.objects.filter(id=self._image.id)
        is_deleted = not image.exclude(state=Image.State.PURGED).exists()
        if is_deleted and not all(map(_is_done, self._in_flight)):
            # The store may take in what it was sent after all else of the image is gone.
            leftover_note(image_id=self._image.id, owner_id=self._image.owner_id)
        if not image.exists():
            storage.renditions_delete(self._image.id)
            log.info("orphans_deleted", image_id=str(self._image.id))


def _is_done(future: Future[None]) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None
