"""Copies objects that rows refer to into the pool, those that are not there yet, a few at once."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Final

from platform_site.backup.manifest import ListedObject
from platform_site.backup.pool import ChangedContent, ContentPool, MeasuredStream, PooledContent
from platform_site.backup.stores import FileStore, NotThere
from platform_site.kit.stored_objects import ObjectReference

THREADS: Final = 4
IN_FLIGHT: Final = 16


@dataclass(slots=True)
class ObjectCopies:
    """The copies of one run; they know the contents of which no row has a checksum."""

    source: FileStore
    pool: ContentPool
    earlier: Callable[[], Mapping[str, PooledContent]] = dict
    """Asked once, and only when there is such a content: those of earlier runs, by name."""
    _unlisted: dict[str, PooledContent] | None = None

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

    def listed(
        self, wanted: Iterable[ObjectReference], lacking: list[ObjectReference]
    ) -> Iterator[ListedObject]:
        """How the objects stand in a manifest; what the pool does not have goes to ``lacking``."""
        for reference in wanted:
            name = self.name_of(reference)
            if not self._is_kept(name, reference):
                lacking.append(reference)
                continue
            content = PooledContent(name, reference.size, reference.sha256)
            if not reference.sha256:
                content = self.unlisted[name]
            yield ListedObject(reference.key, content, reference.content_type)

    @property
    def unlisted(self) -> dict[str, PooledContent]:
        """Contents of which no row knows the checksum, by name in the pool."""
        if self._unlisted is None:
            self._unlisted = dict(self.earlier())
        return self._unlisted

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
