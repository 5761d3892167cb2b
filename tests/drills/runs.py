"""Runs of a platform that does everything right, drawn by hypothesis: histories with their truth.

A model of the platform takes each operation at one moment between its call and its answer. Answers
get lost on the way, or the request does, and clients send it again under the same key.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import strategies as st

from drills.history import Call, Outcome
from drills.judge.documented import DELIVERY
from drills.truth import ImageRow, JobRow, RenditionRow, Truth, UsageRow

SPEC = "w_200,h_200,fit_inside,q_82.jpg"
ROUTES = {
    "upload": "POST /api/v1/images",
    "read": "GET /api/v1/images/{image_id}",
    "deliver": DELIVERY,
    "job": "GET /api/v1/jobs/{job_id}",
    "delete": "DELETE /api/v1/images/{image_id}",
    "trash": "DELETE /api/v1/images/{image_id}",
    "restore": "POST /api/v1/images/{image_id}/restore",
    "list": "",
}
OWNERS = ("alice", "bob")
FATES = ("answered", "answered", "answered", "lost_before", "lost_after", "limited", "unavailable")
RANDOM = ("upload", "tick", "read", "deliver", "job", "list", "delete", "trash", "restore", "pry")


@dataclass
class Thing:
    """An image in the model."""

    id: str
    owner: str
    sha256: str
    job: str
    steps: int = 0
    is_trashed: bool = False
    is_deleted: bool = False

    @property
    def is_ready(self) -> bool:
        return self.steps >= 2

    @property
    def job_state(self) -> str:
        if self.is_deleted and not self.is_ready:
            return "canceled"
        return ("queued", "running", "succeeded")[min(self.steps, 2)]


@dataclass
class Model:
    """The platform, and what its clients saw of it."""

    things: dict[str, Thing] = field(default_factory=dict)
    by_key: dict[str, Thing] = field(default_factory=dict)
    deletions: dict[str, str] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    now: float = 0.0

    def call(
        self,
        op: str,
        owner: str,
        *,
        image: str | None = None,
        key: str = "",
        fate: str = "answered",
        early: float = 0.1,
        late: float = 0.1,
    ) -> Call:
        """One call; it takes effect ``early`` after it was made and ``late`` before its answer."""
        self.now += 1.0
        made = Call(
            len(self.calls),
            OWNERS.index(owner),
            op,
            ROUTES[op],
            invoked_at=self.now - early,
            ended_at=self.now + late,
            owner=owner,
            image=image,
        )
        if op == "upload":
            made.request = {"key": key, "sha256": f"sha-{key}"}
        if op == "deliver":
            made.request = {"spec": SPEC}
        if op == "job":
            made.job, made.image = self.things[image or ""].job, None
        if fate in {"answered", "lost_after"}:
            answer = replace(made, answer={}, request=made.request)
            self._take(answer)
            made = answer if fate == "answered" else made
        if fate.startswith("lost"):
            made.error = "ReadTimeoutError"
        elif fate == "limited" and op != "deliver":  # nobody counts deliveries
            self._refuse(made, 429, "rate_limited")
        elif fate in {"limited", "unavailable"}:
            self._refuse(made, 503, "upstream_unavailable")
        self.calls.append(made)
        return made

    def tick(self, image: str) -> None:
        """A worker goes on with the job of an image."""
        self.things[image].steps += 1

    def truth(self) -> Truth:
        """What is there once every job has ended."""
        living = [each for each in self.things.values() if not each.is_deleted]
        for each in living:
            each.steps = 2
        objects = {f"originals/{each.id}": each.sha256 for each in living}
        objects |= {f"renditions/{each.id}/r.jpg": f"r-{each.sha256}" for each in living}
        deleted = [each for each in self.things.values() if each.is_deleted]
        return Truth(
            images=tuple(_image_row(each) for each in living),
            renditions=tuple(_rendition_row(each) for each in living),
            jobs=(
                *(JobRow(t.job, t.owner, "render", t.job_state, t.id) for t in living),
                *(JobRow(t.job, t.owner, "render", t.job_state, None) for t in deleted),
                *(
                    JobRow(job, self.things[image].owner, "delete", "succeeded", None)
                    for image, job in self.deletions.items()
                ),
            ),
            usage=tuple(
                UsageRow(owner, 10 * count, count)
                for owner in OWNERS
                if (count := sum(each.owner == owner for each in living))
            ),
            objects=objects,
            renders={(each.sha256, SPEC): f"r-{each.sha256}" for each in living},
        )

    def _take(self, call: Call) -> None:
        if call.op == "upload":
            self._uploaded(call)
        elif call.op == "list":
            shown = [t.id for t in self.things.values() if t.owner == call.owner and _is_shown(t)]
            call.outcome, call.answer = "ok", {"ids": shown}
        elif call.op == "job":
            self._told_of_job(call)
        else:
            self._of_image(call, self.things[call.image or ""])

    def _uploaded(self, call: Call) -> None:
        key = str(call.request["key"])
        thing = self.by_key.get(key)
        if thing is None:
            number = len(self.things)
            thing = Thing(
                f"image-{number}", str(call.owner), call.request["sha256"], f"job-{number}"
            )
            self.things[thing.id] = self.by_key[key] = thing
        call.image, call.job = thing.id, thing.job
        self._ok(call, 202, sha256=thing.sha256)

    def _told_of_job(self, call: Call) -> None:
        thing = next(each for each in self.things.values() if each.job == call.job)
        self._ok(call, 200, id=thing.job, state=thing.job_state)

    def _of_image(self, call: Call, thing: Thing) -> None:
        is_there = not thing.is_deleted and (call.op == "deliver" or thing.owner == call.owner)
        if call.op == "deliver":
            if _is_shown(thing) and thing.is_ready:
                call.sha256 = f"r-{thing.sha256}"
                self._ok(call, 200)
            else:
                self._refuse(call, 404, "image_not_found")
        elif not is_there or (call.op == "trash" and thing.is_trashed):
            self._refuse(call, 404, "image_not_found")
        elif call.op == "read":
            state = "ready" if thing.is_ready else "pending"
            shown = "trashed" if thing.is_trashed else "ready"
            said = {"id": thing.id, "sha256": thing.sha256, "renditions": {SPEC: state}}
            self._ok(call, 200, state=shown, **said)
        elif call.op == "delete":
            thing.is_deleted = True
            call.job = self.deletions.setdefault(thing.id, f"delete-{thing.id}")
            self._ok(call, 202)
        else:
            thing.is_trashed = call.op == "trash"
            self._ok(call, 204 if call.op == "trash" else 200)

    def _ok(self, call: Call, status: int, **answer: object) -> None:
        call.outcome, call.status, call.answer = "ok", status, answer

    def _refuse(self, call: Call, status: int, code: str) -> None:
        changing = call.op in {"upload", "delete", "trash", "restore"}
        outcome: Outcome = "unknown" if changing and status >= 500 else "refused"
        call.outcome, call.status, call.code = outcome, status, code


def _is_shown(thing: Thing) -> bool:
    return not thing.is_trashed and not thing.is_deleted


def _image_row(thing: Thing) -> ImageRow:
    key = f"originals/{thing.id}"
    return ImageRow(thing.id, thing.owner, "ready", thing.sha256, 10, key, thing.is_trashed)


def _rendition_row(thing: Thing) -> RenditionRow:
    key = f"renditions/{thing.id}/r.jpg"
    return RenditionRow(thing.id, SPEC, "ready", f"r-{thing.sha256}", key)


def prologue() -> Model:
    """What every run begins with, so that every mutation finds what it changes.

    ``image-0`` of Alice and ``image-1`` of Bob stay and are seen by all means; ``image-2`` of Alice
    is deleted; the upload ``refused`` of Alice was refused.
    """
    model = Model()
    for owner, key in (("alice", "a"), ("bob", "b"), ("alice", "c")):
        image = str(model.call("upload", owner, key=key).image)
        model.tick(image)
        model.call("job", owner, image=image)
        model.tick(image)
        for op in ("job", "read", "deliver", "list"):
            model.call(op, owner, image=None if op == "list" else image)
    model.call("upload", "alice", key="refused", fate="limited")
    model.call("delete", "alice", image="image-2")
    model.call("read", "alice", image="image-2")
    model.call("list", "alice")
    return model


@st.composite
def runs(draw: st.DrawFn) -> Model:
    """The prologue, then anything; its first two images are left alone."""
    model = prologue()
    for turn in range(draw(st.integers(0, 25))):
        op = draw(st.sampled_from(RANDOM))
        fate = draw(st.sampled_from(FATES))
        moments: dict[str, Any] = {name: draw(st.floats(0.0, 3.0)) for name in ("early", "late")}
        if op == "upload":
            owner, key = draw(st.sampled_from(OWNERS)), f"random-{turn}"
            for again in (fate, *draw(st.lists(st.sampled_from(FATES), max_size=2))):
                if model.call("upload", owner, key=key, fate=again, **moments).outcome == "ok":
                    break
            continue
        thing = model.things[draw(st.sampled_from(sorted(model.things)))]
        if op == "tick":
            model.tick(thing.id)
        elif op == "list":
            model.call("list", thing.owner, **moments)
        elif op in {"delete", "trash", "restore"}:
            if thing.id not in {"image-0", "image-1"}:
                model.call(op, thing.owner, image=thing.id, fate=fate, **moments)
        else:
            other = OWNERS[1 - OWNERS.index(thing.owner)]
            who = other if op == "pry" else thing.owner
            what = "read" if op == "pry" else op
            model.call(what, who, image=thing.id, fate=fate, **moments)
    return model
