"""A render job makes what is missing, and says what it cannot make; how runs end is elsewhere."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from images.models import Image, Job, Rendition
from images.services import render_job
from images.services.job_lease import Run, RunSuperseded, run_claim
from images.services.render_job import render_run
from tests.images.conftest import stored_keys
from tests.images.interruptions import after_files

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run(picture: dict[str, Any]) -> Run:
    job = Job.objects.get()
    assert job.dispatch_id is not None
    run = run_claim(job_id=job.id, dispatch_id=job.dispatch_id)
    assert run is not None
    return run


def test_what_was_made_is_in_rows_objects_and_the_result(run: Run, store: Path) -> None:
    render_run(run)
    job = Job.objects.get()
    rows = Rendition.objects.order_by("spec")
    assert job.result == {
        "renditions": [row.spec for row in rows],
        "bytes": sum(row.bytes or 0 for row in rows),
    }
    assert (job.progress_done, job.progress_total) == (8, 8)
    assert stored_keys(store)[1:] == sorted({row.storage_key for row in rows})
    image = Image.objects.get()
    assert (image.state, image.complete) == (Image.State.READY, True)
    assert image.placeholder is not None
    for row in rows:
        assert (row.width, row.height) == (60, 40)
        assert (store / row.storage_key).stat().st_size == row.bytes


def test_what_is_ready_is_not_made_again(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    ready = "w_200,h_200,fit_inside,q_80.webp"
    Rendition.objects.filter(spec=ready).update(state=Rendition.State.READY, bytes=1)
    made: Any = vars(render_job)["render_all"]
    asked: list[str] = []

    def noted(source: Any, specs: Any, *rest: Any) -> Any:
        asked.extend(map(str, specs))
        return made(source, specs, *rest)

    monkeypatch.setattr(render_job, "render_all", noted)
    render_run(run)
    assert len(asked) == 7
    assert ready not in asked
    job = Job.objects.get()
    total = sum(row.bytes or 0 for row in Rendition.objects.all())
    assert job.result is not None
    assert (len(job.result["renditions"]), job.result["bytes"]) == (8, total)
    assert job.progress_done == 8


def test_of_a_purged_image_nothing_is_made(run: Run, store: Path) -> None:
    Image.objects.update(state=Image.State.PURGED)
    assert run.job.image is not None
    run.job.image.refresh_from_db()
    render_run(run)
    job = Job.objects.get()
    assert (job.state, job.error_code) == (Job.State.FAILED, "image_gone")
    assert len(stored_keys(store)) == 1


def test_a_run_that_was_superseded_leaves_no_object_of_an_image_that_is_gone(
    run: Run, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deleted() -> None:
        Job.objects.update(dispatch_id=uuid4())
        Image.objects.all().delete()

    after_files(monkeypatch, 5, deleted)
    with pytest.raises(RunSuperseded):
        render_run(run)
    assert [key for key in stored_keys(store) if key.startswith("renditions/")] == []
