"""Nobody ever reads anything but the bytes that were asked for, and nobody another's."""

from collections import defaultdict

from drills.history import Call
from drills.judge.findings import ORIGINAL, Case, Kind

Place = tuple[str, str]
"""An image, and which of its files."""


def reads_check(case: Case) -> None:
    """Compare every answer with what it must be."""
    _Deliveries(case).check()
    for call in case.calls:
        if call.outcome == "ok":
            _answer(case, call)


class _Deliveries:
    """The bytes that were delivered, against the rows, an independent run, and each other."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.must: dict[Place, str] = {
            (image, ORIGINAL): sha256 for image, sha256 in case.sent.items()
        }
        originals = {row.id: row.sha256 for row in case.truth.images} | case.sent
        for row in case.truth.renditions:
            if row.state == "ready":
                rendered = case.truth.renders.get((originals.get(row.image_id, ""), row.spec))
                self.must[row.image_id, row.spec] = rendered or row.checksum
        self.seen: dict[Place, Call] = {}
        self.places: dict[str, list[Place]] = defaultdict(list)
        for place, sha256 in self.must.items():
            self.places[sha256].append(place)

    def check(self) -> None:
        delivered = [c for c in self.case.calls if c.op == "deliver" and c.outcome == "ok"]
        for call in delivered:
            place = (str(call.image), str(call.request.get("spec")))
            first = self.seen.setdefault(place, call)
            must = self.must.get(place, first.sha256)
            if call.sha256 != must:
                image, spec = place
                words = f"{call.name} got other bytes than {spec} of image {image}"
                self.case.found(Kind.WRONG, words + self._whose(call))

    def _whose(self, call: Call) -> str:
        others = self.places.get(str(call.sha256), ())
        for image, spec in others:
            owner = self.case.owners.get(image, "somebody")
            return f": they are {spec} of image {image} of {owner}"
        return ""


def _answer(case: Case, call: Call) -> None:
    said = call.answer
    owner = case.owners.get(call.image or "")
    if owner is not None and call.owner is not None and call.owner != owner:
        words = f"{call.name} read image {call.image} of {owner} for {call.owner}"
        case.found(Kind.WRONG, words)
    if call.op in {"upload", "read"}:
        expected = (
            call.request.get("sha256") if call.op == "upload" else case.sent.get(call.image or "")
        )
        if expected and said.get("sha256") not in {None, expected}:
            words = f"{call.name} was answered with the SHA-256 of other bytes for {call.image}"
            case.found(Kind.WRONG, words)
    if said.get("id") not in {None, call.job if call.op == "job" else call.image}:
        case.found(Kind.WRONG, f"{call.name} asked for one thing and got {said['id']}")
    for image in said.get("ids", ()):
        owner = case.owners.get(image)
        if owner is not None and owner != call.owner:
            case.found(Kind.WRONG, f"{call.name} lists image {image} of {owner}")
