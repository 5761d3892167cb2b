"""What was acknowledged is there exactly once, and what was refused has left nothing."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from drills.judge.findings import Case, Kind, Upload, some
from drills.truth import ACTIVE, ImageRow, JobRow, RenditionRow, Truth

FOLDERS = ("originals", "renditions")


class Index:
    """The rows of a truth, by what is looked for."""

    def __init__(self, truth: Truth) -> None:
        self.images = {row.id: row for row in truth.images}
        self.by_bytes: dict[tuple[str, str], list[ImageRow]] = defaultdict(list)
        for image in truth.images:
            self.by_bytes[image.owner_id, image.sha256].append(image)
        self.renditions: dict[str, list[RenditionRow]] = defaultdict(list)
        for rendition in truth.renditions:
            self.renditions[rendition.image_id].append(rendition)
        self.jobs = {row.id: row for row in truth.jobs}
        self.jobs_of: dict[str, list[JobRow]] = defaultdict(list)
        for job in truth.jobs:
            if job.image_id is not None:
                self.jobs_of[job.image_id].append(job)


def effects_check(case: Case) -> None:
    """Compare every change that was asked for with the rows and the objects."""
    index = Index(case.truth)
    for upload in case.uploads:
        _upload(case, index, upload)
    _jobs(case, index)
    _nothing_left(case, index)
    _usage(case)


def _upload(case: Case, index: Index, upload: Upload) -> None:
    rows = index.by_bytes[upload.owner, upload.sha256]
    named = Counter(call.image for call in upload.acknowledged)
    jobs = Counter(call.job for call in upload.acknowledged if call.job)
    if len(named) > 1 or len(jobs) > 1:
        told = some(call.name for call in upload.acknowledged)
        names = some([*filter(None, named), *jobs])
        case.found(Kind.DOUBLED, f"one upload was acknowledged as {names}: {told}")
    if len(rows) > 1:
        ids = some(row.id for row in rows)
        case.found(Kind.DOUBLED, f"one upload ({upload.calls[0].name}) became the images {ids}")
    if upload.is_refused and rows:
        words = f"image {rows[0].id} is there, though {upload.calls[-1].name} was refused"
        case.found(Kind.LEFT, words)
    if upload.image is None:
        for row in rows:  # nobody knows whether it was done, but half of it is none of the two
            _whole(case, index, row, f"image {row.id} (its upload was not answered)")
        return
    _acknowledged(case, index, upload, upload.image)


def _acknowledged(case: Case, index: Index, upload: Upload, image: str) -> None:
    row = index.images.get(image)
    deletes = case.removals(image, "delete")
    if any(call.outcome == "ok" for call in deletes):
        if row is not None and case.truth.settled:
            case.found(Kind.LEFT, f"image {image} still has a row after {deletes[0].name}")
        return
    if row is None or row.state == "purged":
        if not deletes:
            told = upload.acknowledged[0].name
            case.found(Kind.LOST, f"image {image} has no row, and was acknowledged in {told}")
        return
    if row.sha256 != upload.sha256 or row.owner_id != upload.owner:
        words = f"the row of image {image} has other bytes or another owner than were sent"
        case.found(Kind.WRONG, words)
    _whole(case, index, row, f"image {image}")
    renders = [job for job in index.jobs_of[image] if job.kind == "render"]
    asked = 1 + sum(call.op in {"render", "retry"} for call in case.by_image.get(image, ()))
    if len(renders) > asked:
        ids = some(job.id for job in renders)
        case.found(Kind.DOUBLED, f"image {image} has the jobs {ids}, where one was asked for")


def _whole(case: Case, index: Index, row: ImageRow, name: str) -> None:
    """The bytes of an image and of what is made of it are in the store, and are what rows say."""
    if row.state == "purged":
        return
    _object(case, row.storage_key, row.sha256, f"the original of {name}")
    for rendition in index.renditions[row.id]:
        which = f"rendition {rendition.spec} of {name}"
        if rendition.state == "ready":
            _object(case, rendition.storage_key, rendition.checksum, which)
            must = case.truth.renders.get((row.sha256, rendition.spec), rendition.checksum)
            if rendition.checksum != must:
                words = f"{which} is not what an independent run makes of the original"
                case.found(Kind.WRONG, words)
        elif case.truth.settled and not case.removals(row.id):
            case.found(Kind.LOST, f"{which} was never made: it is {rendition.state}")


def _object(case: Case, key: str, sha256: str, name: str) -> None:
    found = case.truth.objects.get(key)
    if found is None:
        case.found(Kind.LOST, f"{name} has a row, and no object at {key}")
    elif found != sha256:
        case.found(Kind.WRONG, f"{name} has other bytes at {key} than its row says")


def _jobs(case: Case, index: Index) -> None:
    told = {call.job: call for call in case.calls if call.outcome == "ok" and call.job}
    images = {call.job: call.image for call in case.calls if call.job and call.image}
    for job_id, call in told.items():
        job = index.jobs.get(job_id)
        if job is None:
            case.found(Kind.LOST, f"job {job_id} has no row, and was told of in {call.name}")
        elif job.state in ACTIVE:
            case.found(Kind.LOST, f"job {job_id} has not ended: it is {job.state}")
        elif job.state == "failed":
            if not call.request.get("may_fail"):
                words = f"job {job_id} failed ({job.error_code}), and nothing is wrong with it"
                case.found(Kind.LOST, words)
        elif job.state == "canceled" and not _is_called_off(case, images.get(job_id), job_id):
            case.found(Kind.LOST, f"job {job_id} is canceled, and nobody canceled it")


def _is_called_off(case: Case, image: str | None, job: str) -> bool:
    canceled = any(call.op == "cancel" and call.job == job for call in case.calls)
    return canceled or (image is not None and bool(case.removals(image)))


def _nothing_left(case: Case, index: Index) -> None:
    """An object is that of an image which has a row, or that of an upload which is under way."""
    left: dict[str, list[str]] = defaultdict(list)
    for key in case.truth.objects:
        folder, _, rest = key.partition("/")
        image = rest.partition("/")[0]
        if folder not in FOLDERS or image.startswith("."):
            continue
        if image not in index.images and image not in case.truth.reserved:
            left[image].append(key)
    for image, keys in left.items():
        words = f"objects without a row of image {image}: {some(keys)}"
        case.found(Kind.LEFT, words)
    known = {(each.owner, each.sha256) for each in case.uploads}
    people = {owner for owner, _sha256 in known}
    for row in index.images.values():
        if row.owner_id in people and (row.owner_id, row.sha256) not in known:
            case.found(Kind.WRONG, f"image {row.id} has bytes that its owner never sent")


def _usage(case: Case) -> None:
    """What an owner is said to have is what the rows say."""
    bytes_of: Counter[str] = Counter()
    images_of: Counter[str] = Counter()
    for row in case.truth.images:
        bytes_of[row.owner_id] += row.bytes
        images_of[row.owner_id] += 1
    people = _people(case)
    for usage in case.truth.usage:
        is_so = (bytes_of[usage.owner_id], images_of[usage.owner_id])
        said = (usage.bytes, usage.images)
        if usage.owner_id in people and said != is_so:
            words = "owner {} is said to have {} bytes in {} images, and has {} in {}"
            case.found(Kind.DOUBLED, words.format(usage.owner_id, *said, *is_so))


def _people(case: Case) -> Iterable[str]:
    return {each.owner for each in case.uploads}
