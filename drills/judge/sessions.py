"""No answer is out of order with what was seen before it.

There is one database, so what one call has seen, every call that is made later sees, too: whoever
makes it. Of two calls that overlap, either may come first.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from drills.history import Call
from drills.judge.findings import ORIGINAL, Case, Kind, begun

TERMINAL = frozenset({"succeeded", "failed", "canceled"})
GONE = frozenset({404, 410})
NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class Sight:
    """A call that showed something, or showed that it is not there."""

    call: Call
    begun: float
    ended: float


def sessions_check(case: Case, *, delivery_cache_s: float) -> None:
    """Look for answers that contradict earlier ones.

    Bytes may be delivered for ``delivery_cache_s`` after their image was deleted: so long may
    nginx keep them (docs/adr/0075).
    """
    lists = _lists(case)
    for image, owner in case.owners.items():
        _image(case, image, lists[owner], delivery_cache_s)
    jobs: dict[str, list[Call]] = defaultdict(list)
    for call in case.calls:
        if call.job is not None:
            jobs[call.job].append(call)
    for job, calls in jobs.items():
        _job(case, job, sorted(calls, key=begun))


def _lists(case: Case) -> dict[str, list[tuple[Call, frozenset[str]]]]:
    found: dict[str, list[tuple[Call, frozenset[str]]]] = defaultdict(list)
    for call in case.calls:
        if call.op == "list" and call.outcome == "ok" and call.owner is not None:
            found[call.owner].append((call, frozenset(call.answer.get("ids", ()))))
    return found


def _sight(call: Call, late_s: float = 0.0) -> Sight:
    ended = call.ended_at if call.ended_at is not None else float("inf")
    return Sight(call, call.invoked_at - late_s, ended)


@dataclass
class Sights:
    """What was seen of one image, as one that exists and as one that is shown.

    Deleting ends both, the trash the latter: there it can be read, as ``trashed``, but no list has
    it and its bytes are gone.
    """

    there: list[Sight] = field(default_factory=list)
    gone: list[Sight] = field(default_factory=list)
    shown: list[Sight] = field(default_factory=list)
    hidden: list[Sight] = field(default_factory=list)
    made: dict[str, float] = field(default_factory=dict)
    """Since when each file of it was known to be there."""

    def delivered(self, call: Call, cache_s: float) -> None:
        """Take in a call for its bytes."""
        spec = str(call.request.get("spec"))
        if call.outcome == "ok":
            self.shown.append(_sight(call, cache_s))
            self._is_made(spec, call)
        elif call.status in GONE and self.made.get(spec, NEVER) < call.invoked_at:
            # What was never made is not there either, and says nothing about the image.
            self.hidden.append(_sight(call))

    def told(self, call: Call) -> None:
        """Take in any other call of its owner."""
        sight = _sight(call)
        if _shows(call):
            self.there.append(sight)
            self._is_made(ORIGINAL, call)
            for spec, state in call.answer.get("renditions", {}).items():
                if state == "ready":
                    self._is_made(spec, call)
            is_trashed = call.answer.get("state") == "trashed"
            (self.hidden if is_trashed else self.shown).append(sight)
        elif _denies(call):
            self.gone.append(sight)
            self.hidden.append(sight)
        elif call.op == "trash" and call.outcome == "ok":
            self.hidden.append(sight)

    def _is_made(self, spec: str, call: Call) -> None:
        ended = call.ended_at if call.ended_at is not None else NEVER
        self.made[spec] = min(ended, self.made.get(spec, NEVER))


def _image(
    case: Case, image: str, lists: Iterable[tuple[Call, frozenset[str]]], cache_s: float
) -> None:
    seen = Sights()
    for call in case.by_image.get(image, ()):
        if call.op == "deliver":
            seen.delivered(call, cache_s)
        elif call.owner == case.owners[image]:
            seen.told(call)
    for call, ids in lists:
        (seen.shown if image in ids else seen.hidden).append(_sight(call))
    deletes, removals = case.removals(image, "delete"), case.removals(image)
    _ = (
        _came_back(case, image, seen.there, seen.gone, deletes)
        or _missed(case, image, seen.there, seen.gone, deletes)
        or _came_back(case, image, seen.shown, seen.hidden, removals)
        or _missed(case, image, seen.shown, seen.hidden, removals)
    )
    _renditions(case, image)


def _shows(call: Call) -> bool:
    return call.outcome == "ok" and call.op in {"upload", "read", "restore", "render"}


def _denies(call: Call) -> bool:
    if call.op == "delete" and call.outcome == "ok":
        return True
    # To the trash and back, 404 is also the answer for one that is there already.
    return call.op in {"read", "delete"} and call.status == 404


def _came_back(
    case: Case,
    image: str,
    there: Sequence[Sight],
    gone: Sequence[Sight],
    removals: Sequence[Call],
) -> bool:
    """Once it was seen to be gone, nobody sees it, unless somebody may have brought it back."""
    restores = [
        call
        for call in case.by_image.get(image, ())
        if call.op == "restore" and call.outcome != "refused"
    ]
    for after in there:
        before = [each for each in gone if each.ended < after.begun and _is_real(each, removals)]
        if not before:
            continue
        last = max(before, key=lambda each: each.begun)
        # From the trash there is a way back, from a deletion there is none.
        is_final = any(each.call.op == "delete" and each.call.outcome == "ok" for each in before)
        is_restored = any(r.invoked_at < after.ended and r.until > last.begun for r in restores)
        if is_final or not is_restored:
            words = f"image {image} came back: {last.call.name} saw that it is gone"
            case.found(Kind.OUT_OF_ORDER, f"{words}, and {after.call.name} saw it later")
            return True
    return False


def _is_real(absence: Sight, removals: Sequence[Call]) -> bool:
    """Whether there was anything that could have removed it; else it was missed, see below."""
    return any(call.invoked_at < absence.ended for call in removals)


def _missed(
    case: Case,
    image: str,
    there: Sequence[Sight],
    gone: Sequence[Sight],
    removals: Sequence[Call],
) -> bool:
    """Once it was seen, everybody sees it, unless somebody may have removed it since."""
    for absence in gone:
        if absence.call.op in {"delete", "trash"} and absence.call.outcome == "ok":
            continue
        before = [each for each in there if each.ended < absence.begun]
        if not before:
            continue
        last = max(before, key=lambda each: each.begun)
        if not any(
            call.invoked_at < absence.ended and call.until > last.begun for call in removals
        ):
            words = f"image {image} was not there in {absence.call.name}, though nobody removed it"
            case.found(Kind.OUT_OF_ORDER, f"{words} since {last.call.name}")
            return True
    return False


def _renditions(case: Case, image: str) -> None:
    """What was ready stays ready."""
    ready: dict[str, Call] = {}
    reads = [c for c in case.by_image.get(image, ()) if c.op == "read" and c.outcome == "ok"]
    for call in sorted(reads, key=lambda each: each.ended_at or 0.0):
        states = call.answer.get("renditions", {})
        for spec, first in ready.items():
            if (first.ended_at or 0.0) < call.invoked_at and states.get(spec) != "ready":
                words = f"rendition {spec} of image {image} was ready in {first.name}"
                case.found(Kind.OUT_OF_ORDER, f"{words} and was not in {call.name}")
                return
        for spec, state in states.items():
            if state == "ready":
                ready.setdefault(spec, call)


def _job(case: Case, job: str, calls: Sequence[Call]) -> None:
    """A job that has ended stays as it ended, unless it may have been begun again."""
    retries = [call for call in calls if call.op == "retry" and call.outcome != "refused"]
    seen = [call for call in calls if call.outcome == "ok" and call.answer.get("state")]
    known = [call for call in calls if call.outcome == "ok"]
    for call in calls:
        if call.op == "job" and call.status == 404:
            before = [each for each in known if (each.ended_at or 0.0) < call.invoked_at]
            if before:
                words = f"job {job} was told of in {before[0].name} and not found in {call.name}"
                case.found(Kind.OUT_OF_ORDER, words)
                return
    for later in seen:
        for earlier in seen:
            state = earlier.answer["state"]
            is_before = (earlier.ended_at or 0.0) < later.invoked_at
            if not is_before or state not in TERMINAL or later.answer["state"] == state:
                continue
            ended = later.ended_at or float("inf")
            if not any(r.invoked_at < ended and r.until > earlier.invoked_at for r in retries):
                words = f"job {job} went back from {state} in {earlier.name}"
                words += f" to {later.answer['state']} in {later.name}"
                case.found(Kind.OUT_OF_ORDER, words)
                return
