"""Copies objects that rows refer to into the pool, those that are not there yet, a few at once."""

from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Final

from platform_site.backup.manifest import ListedObject
from platform_site.backup.pool import ChangedContent, ContentPool, MeasuredStream, PooledContent
from platform_site.backup.stores import FileStore, NotThere
from platform_site.kit.stored_objects import ObjectReference

THREADS: Final = 4
IN_FLIGHT: Final = 16


@dataclass(slots=True)
class ObjectCopies:
    """The copies of one run. ``unlisted`` are contents of which no row knows the checksum."""

    source: FileStore
    pool: ContentPool
    unlisted: dict[str, PooledContent] = field(default_factory=dict)
    """By name in the pool."""

    def copy_missing(self, wanted: Iterable[ObjectReference]) -> list["FailedCopy"]:
        """Copy what the pool lacks; what could not be."""
        failed: list[FailedCopy] = []
        under_way: dict[Future[None], ObjectReference] = {}
        begun: set[str] = set()
        with ThreadPoolExecutor(THREADS, thread_name_prefix="backup") as threads:
            for reference in wanted:
                name = self.name_of(reference)
                if self._is_kept(name, reference) or name in begun:
                    continue
                begun.add(name)
                if len(under_way) >= IN_FLIGHT:
                    _settle(under_way, failed)
                under_way[threads.submit(self._copy, reference, name)] = reference
            while under_way:
                _settle(under_way, failed)
        return failed

    def listed(self, reference: ObjectReference) -> ListedObject | None:
        """How the object stands in a manifest; ``None`` when the pool does not have it."""
        name = self.name_of(reference)
        if not self._is_kept(name, reference):
            return None
        content = self.unlisted.get(name) or PooledContent(name, reference.size, reference.sha256)
        return ListedObject(reference.key, content, reference.content_type)

    def name_of(self, reference: ObjectReference) -> str:
        """The object's name in the pool."""
        version = f"{reference.key} {reference.size} {reference.version}"
        return self.pool.name_of(sha256=reference.sha256, version=version)

    def _is_kept(self, name: str, reference: ObjectReference) -> bool:
        return name in self.pool.held and bool(reference.sha256 or name in self.unlisted)

    def _copy(self, reference: ObjectReference, name: str) -> None:
        with self.source.read(reference.key) as source:
            measured = MeasuredStream(source, size=reference.size, sha256=reference.sha256)
            content = self.pool.put(name, measured)
        if not reference.sha256:
            self.unlisted[name] = content


@dataclass(frozen=True, slots=True)
class FailedCopy:
    """An object that a row refers to and that could not be had, and why."""

    reference: ObjectReference
    why: str


def _settle(under_way: dict[Future[None], ObjectReference], failed: list[FailedCopy]) -> None:
    """Wait for one of them. Raises what stops the whole run."""
    done, _others = wait(under_way, return_when=FIRST_COMPLETED)
    for future in done:
        reference = under_way.pop(future)
        try:
            future.result()
        except NotThere:
            failed.append(FailedCopy(reference, "it is not in the object store"))
        except ChangedContent as exc:
            failed.append(FailedCopy(reference, f"it is not what its row says: {exc}"))


def distinct(references: Iterable[ObjectReference]) -> Iterator[ObjectReference]:
    """Each key once: two rows may refer to one object."""
    seen: set[str] = set()
    for reference in references:
        if reference.key not in seen:
            seen.add(reference.key)
            yield reference
