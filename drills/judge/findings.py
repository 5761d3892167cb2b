"""What a judge has found, and the calls in the order in which it looks at them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from drills.history import Call
from drills.truth import Truth

ORIGINAL = "original"
"""The file of an image that is not made but sent, beside the specs of its renditions."""


class Kind(StrEnum):
    """What was wrong."""

    LOST = "lost"
    DOUBLED = "doubled"
    WRONG = "wrong"
    LEFT = "left"
    OUT_OF_ORDER = "out_of_order"
    UNDOCUMENTED = "undocumented"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was wrong, in words that name the image, the job or the call."""

    kind: Kind
    words: str


@dataclass(frozen=True)
class Upload:
    """All calls under one idempotency key: one upload, however often it was sent."""

    calls: tuple[Call, ...]

    @property
    def owner(self) -> str:
        """Whose it is."""
        return self.calls[0].owner or ""

    @property
    def sha256(self) -> str:
        """The hash of the bytes that were sent."""
        return str(self.calls[0].request.get("sha256"))

    @cached_property
    def acknowledged(self) -> tuple[Call, ...]:
        """The calls that were told that it is done."""
        return tuple(call for call in self.calls if call.outcome == "ok")

    @property
    def image(self) -> str | None:
        """The image that the first acknowledgement named."""
        return self.acknowledged[0].image if self.acknowledged else None

    @property
    def is_refused(self) -> bool:
        """Whether every call was refused, so that nothing of it may be there."""
        return all(call.outcome == "refused" for call in self.calls)


@dataclass
class Case:
    """A history with its truth, sorted by what is asked of it."""

    calls: Sequence[Call]
    truth: Truth
    findings: list[Finding] = field(default_factory=list)

    def found(self, kind: Kind, words: str) -> None:
        """Something is wrong."""
        self.findings.append(Finding(kind, words))

    @cached_property
    def uploads(self) -> list[Upload]:
        """The uploads, by idempotency key; one without a key stands for itself."""
        groups: dict[object, list[Call]] = defaultdict(list)
        for call in self.calls:
            if call.op == "upload":
                key = (call.owner, call.request.get("key") or call.call)
                groups[key].append(call)
        return [Upload(tuple(group)) for group in groups.values()]

    @cached_property
    def owners(self) -> dict[str, str]:
        """The owner of each image that was acknowledged."""
        return {each.image: each.owner for each in self.uploads if each.image}

    @cached_property
    def sent(self) -> dict[str, str]:
        """The hash that was sent for each image that was acknowledged."""
        return {each.image: each.sha256 for each in self.uploads if each.image}

    @cached_property
    def by_image(self) -> dict[str, list[Call]]:
        """The calls that name an image, in the order of time."""
        groups: dict[str, list[Call]] = defaultdict(list)
        for call in self.calls:
            if call.image is not None:
                groups[call.image].append(call)
        return {image: sorted(group, key=begun) for image, group in groups.items()}

    def removals(self, image: str, *ops: str) -> list[Call]:
        """The calls that may have taken the image away."""
        wanted = ops or ("delete", "trash")
        calls = self.by_image.get(image, ())
        return [call for call in calls if call.op in wanted and call.outcome != "refused"]


def begun(call: Call) -> float:
    """For sorting by when a call was made."""
    return call.invoked_at


def some(items: Iterable[object], limit: int = 3) -> str:
    """The first of ``items``, and how many more."""
    listed = [str(item) for item in items]
    more = f" and {len(listed) - limit} more" if len(listed) > limit else ""
    return ", ".join(listed[:limit]) + more
