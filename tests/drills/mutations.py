"""Faults that are put into a right run: one change each, of which the judge is told nothing."""

from collections.abc import Callable
from dataclasses import replace

from drills.history import Call
from drills.judge import Kind
from drills.truth import ImageRow, JobRow, Truth
from tests.drills.runs import ROUTES, SPEC, Model

Mutation = Callable[[Model, Truth], Truth]
"""Changes the calls of a run in place, or gives another truth."""


def later(model: Model, op: str, owner: str, **known: object) -> None:
    """One more call, after all others, answered as given."""
    end = max([model.now, *(call.ended_at or 0.0 for call in model.calls)]) + 10
    model.calls.append(
        Call(
            len(model.calls),
            9,
            op,
            ROUTES[op],
            end,
            end + 0.1,
            owner=owner,
            **{"outcome": "ok", "status": 200, **known},  # type: ignore[arg-type]
        )
    )


def without_row(_model: Model, truth: Truth) -> Truth:
    return replace(truth, images=tuple(row for row in truth.images if row.id != "image-0"))


def without_object(_model: Model, truth: Truth) -> Truth:
    kept = {key: value for key, value in truth.objects.items() if key != "originals/image-0"}
    return replace(truth, objects=kept)


def without_rendition_object(_model: Model, truth: Truth) -> Truth:
    key = "renditions/image-0/r.jpg"
    return replace(truth, objects={k: v for k, v in truth.objects.items() if k != key})


def without_rendition(_model: Model, truth: Truth) -> Truth:
    rows = (replace(row, state="pending") for row in truth.renditions)
    return replace(truth, renditions=tuple(rows))


def without_job(_model: Model, truth: Truth) -> Truth:
    return replace(truth, jobs=tuple(job for job in truth.jobs if job.id != "job-0"))


def with_job(state: str) -> Mutation:
    def mutate(_model: Model, truth: Truth) -> Truth:
        jobs = (replace(job, state=state) if job.id == "job-0" else job for job in truth.jobs)
        return replace(truth, jobs=tuple(jobs))

    return mutate


def second_row(_model: Model, truth: Truth) -> Truth:
    row = next(row for row in truth.images if row.id == "image-0")
    objects = {**truth.objects, "originals/twin": row.sha256}
    twin = replace(row, id="twin", storage_key="originals/twin", trashed=True)
    return replace(truth, images=(*truth.images, twin), objects=objects)


def second_acknowledgement(model: Model, truth: Truth) -> Truth:
    first = next(call for call in model.calls if call.image == "image-0")
    again = {"request": first.request, "answer": first.answer, "job": "job-0", "status": 202}
    later(model, "upload", "alice", image="twin", **again)
    return truth


def second_job(_model: Model, truth: Truth) -> Truth:
    twin = JobRow("twin", "alice", "render", "succeeded", "image-0")
    return replace(truth, jobs=(*truth.jobs, twin))


def refunded_twice(_model: Model, truth: Truth) -> Truth:
    return replace(truth, usage=tuple(replace(row, bytes=row.bytes - 10) for row in truth.usage))


def other_bytes(key: str) -> Mutation:
    def mutate(_model: Model, truth: Truth) -> Truth:
        return replace(truth, objects={**truth.objects, key: "other"})

    return mutate


def other_render(_model: Model, truth: Truth) -> Truth:
    return replace(truth, renders={**truth.renders, ("sha-a", SPEC): "what it must be"})


def delivered(sha256: str) -> Mutation:
    def mutate(model: Model, truth: Truth) -> Truth:
        known = {"image": "image-0", "sha256": sha256, "request": {"spec": SPEC}}
        later(model, "deliver", "alice", **known)
        return truth

    return mutate


def read_by_another(model: Model, truth: Truth) -> Truth:
    later(model, "read", "bob", image="image-0", answer={"id": "image-0", "sha256": "sha-a"})
    return truth


def answered_for_another(model: Model, truth: Truth) -> Truth:
    later(model, "read", "alice", image="image-0", answer={"id": "image-1", "sha256": "sha-b"})
    return truth


def listed_to_another(model: Model, truth: Truth) -> Truth:
    ids = [row.id for row in truth.images if row.owner_id == "bob" and not row.trashed]
    later(model, "list", "bob", status=None, answer={"ids": [*ids, "image-0"]})
    return truth


def row_of_refused(_model: Model, truth: Truth) -> Truth:
    row = ImageRow("ghost", "alice", "ready", "sha-refused", 0, "originals/ghost")
    objects = {**truth.objects, "originals/ghost": "sha-refused"}
    usage = tuple(
        replace(each, images=each.images + 1) if each.owner_id == "alice" else each
        for each in truth.usage
    )
    return replace(truth, images=(*truth.images, row), objects=objects, usage=usage)


def row_of_deleted(_model: Model, truth: Truth) -> Truth:
    row = ImageRow("image-2", "alice", "purged", "sha-c", 10, "originals/image-2")
    return replace(truth, images=(*truth.images, row))


def object_without_row(_model: Model, truth: Truth) -> Truth:
    return replace(truth, objects={**truth.objects, "originals/ghost": "sha"})


def missing_in_list(model: Model, truth: Truth) -> Truth:
    later(model, "list", "alice", status=None, answer={"ids": []})
    return truth


def not_found(model: Model, truth: Truth) -> Truth:
    known = {"outcome": "refused", "status": 404, "code": "image_not_found"}
    later(model, "read", "alice", image="image-0", **known)
    return truth


def not_delivered(model: Model, truth: Truth) -> Truth:
    known = {"outcome": "refused", "status": 404, "code": "image_not_found"}
    later(model, "deliver", "alice", image="image-0", request={"spec": SPEC}, **known)
    return truth


def read_after_deletion(model: Model, truth: Truth) -> Truth:
    later(model, "read", "alice", image="image-2", answer={"sha256": "sha-c", "state": "trashed"})
    return truth


def delivered_after_deletion(model: Model, truth: Truth) -> Truth:
    known = {"request": {"spec": SPEC}, "sha256": "r-sha-c"}
    later(model, "deliver", "alice", image="image-2", **known)
    return truth


def listed_after_deletion(model: Model, truth: Truth) -> Truth:
    ids = [row.id for row in truth.images if row.owner_id == "alice" and not row.trashed]
    later(model, "list", "alice", status=None, answer={"ids": [*ids, "image-2"]})
    return truth


def job_goes_back(model: Model, truth: Truth) -> Truth:
    later(model, "job", "alice", job="job-0", answer={"id": "job-0", "state": "running"})
    return truth


def job_not_found(model: Model, truth: Truth) -> Truth:
    known = {"outcome": "refused", "status": 404, "code": "job_not_found"}
    later(model, "job", "alice", job="job-0", **known)
    return truth


def rendition_unmade(model: Model, truth: Truth) -> Truth:
    said = {"id": "image-0", "sha256": "sha-a", "state": "ready", "renditions": {SPEC: "pending"}}
    later(model, "read", "alice", image="image-0", answer=said)
    return truth


def answered(status: int, code: str | None, content_type: str) -> Mutation:
    def mutate(model: Model, truth: Truth) -> Truth:
        known = {"outcome": "refused", "status": status, "code": code}
        said = {"content_type": content_type}
        later(model, "read", "alice", image="image-0", answer=said, **known)
        return truth

    return mutate


PROBLEM = "application/problem+json"
MUTATIONS: dict[str, tuple[Kind, str, Mutation]] = {
    "an image without its row": (Kind.LOST, "image-0", without_row),
    "an image without its object": (Kind.LOST, "image-0", without_object),
    "a rendition without its object": (Kind.LOST, "image-0", without_rendition_object),
    "a rendition that is never made": (Kind.LOST, "image-0", without_rendition),
    "a job without its row": (Kind.LOST, "job-0", without_job),
    "a job that never ends": (Kind.LOST, "job-0", with_job("running")),
    "a job that fails": (Kind.LOST, "job-0", with_job("failed")),
    "a job that nobody canceled": (Kind.LOST, "job-0", with_job("canceled")),
    "one upload twice": (Kind.DOUBLED, "twin", second_row),
    "one upload acknowledged twice": (Kind.DOUBLED, "twin", second_acknowledgement),
    "one job twice": (Kind.DOUBLED, "twin", second_job),
    "a refund twice": (Kind.DOUBLED, "alice", refunded_twice),
    "an original of other bytes": (Kind.WRONG, "image-0", other_bytes("originals/image-0")),
    "a rendition of other bytes": (Kind.WRONG, "image-0", other_bytes("renditions/image-0/r.jpg")),
    "a rendition that is not what it must be": (Kind.WRONG, "image-0", other_render),
    "a delivery of other bytes": (Kind.WRONG, "image-0", delivered("nothing known")),
    "a delivery of another's bytes": (Kind.WRONG, "image-1 of bob", delivered("r-sha-b")),
    "a read of another's image": (Kind.WRONG, "for bob", read_by_another),
    "an answer about another image": (Kind.WRONG, "image-1", answered_for_another),
    "a list with another's image": (Kind.WRONG, "image-0", listed_to_another),
    "a row of what was refused": (Kind.LEFT, "ghost", row_of_refused),
    "a row of what was deleted": (Kind.LEFT, "image-2", row_of_deleted),
    "an object without a row": (Kind.LEFT, "ghost", object_without_row),
    "a list without an image": (Kind.OUT_OF_ORDER, "image-0", missing_in_list),
    "an image that is not found": (Kind.OUT_OF_ORDER, "image-0", not_found),
    "bytes that are not found": (Kind.OUT_OF_ORDER, "image-0", not_delivered),
    "a read after a deletion": (Kind.OUT_OF_ORDER, "image-2", read_after_deletion),
    "bytes after a deletion": (Kind.OUT_OF_ORDER, "image-2", delivered_after_deletion),
    "a list after a deletion": (Kind.OUT_OF_ORDER, "image-2", listed_after_deletion),
    "a job that goes back": (Kind.OUT_OF_ORDER, "job-0", job_goes_back),
    "a job that is not found": (Kind.OUT_OF_ORDER, "job-0", job_not_found),
    "a rendition that is unmade": (Kind.OUT_OF_ORDER, "image-0", rendition_unmade),
    "a status that is not named": (Kind.UNDOCUMENTED, "418", answered(418, "teapot", PROBLEM)),
    "a failure inside": (Kind.UNDOCUMENTED, "500", answered(500, "internal_error", PROBLEM)),
    "a page of a proxy": (Kind.UNDOCUMENTED, "text/html", answered(503, None, "text/html")),
    "a code of nobody": (Kind.UNDOCUMENTED, "oops", answered(503, "oops", PROBLEM)),
}
