"""How often a render job asks the database and the store, counted on the wire of each."""

import io
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from PIL import Image as Picture
from urllib3.connection import HTTPConnection

from images.models import Image, Job, Rendition
from images.services.job_execution import job_run
from images.services.storing import Storing
from tests.images.interruptions import never_write
from tests.images.pictures import MOUNTAINS, form, jpeg

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Asked:
    """Requests to the store by method, and the words of PostgreSQL's protocol that await one."""

    store: Counter[str] = field(default_factory=Counter)
    database: list[str] = field(default_factory=list)

    @property
    def transactions(self) -> int:
        """Those that were begun, and statements outside of them, each of which is one."""
        outside, inside, begun = 0, False, 0
        for word in self.database:
            if "BEGIN" in word:
                inside, begun = True, begun + 1
            elif "COMMIT" in word:
                inside = False
            else:
                outside += not inside and "UPDATE" in word
        return begun + outside


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Asked]:
    """What is asked while the block runs; libpq itself writes down what it sends."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no wire")
    asked = Asked()
    request = HTTPConnection.putrequest

    def noted(self: HTTPConnection, method: str, *arguments: Any, **named: Any) -> None:
        asked.store[method] += 1
        request(self, method, *arguments, **named)

    connection.ensure_connection()
    server: Any = connection.connection
    with monkeypatch.context() as patched, tempfile.NamedTemporaryFile("r") as trace:
        patched.setattr(HTTPConnection, "putrequest", noted)
        server.pgconn.trace(trace.fileno())
        try:
            yield asked
        finally:
            server.pgconn.untrace()
        # From us (F) to the server: what makes it answer. Parse and Bind wait for their Sync.
        trace.seek(0)
        lines = (line.split("\t") for line in trace)
        asked.database += [
            line[4] if line[3] == "Query" else "Sync"
            for line in lines
            if len(line) > 3 and line[1] == "F" and line[3] in {"Query", "Sync"}
        ]


def eight(client: Client, size: tuple[int, int], content: bytes | None = None) -> Job:
    reply = client.post("/internal/v1/images", form(content or jpeg(size=size)))
    assert reply.status_code == 202
    job = Job.objects.get()
    assert len(job.specs) == 8
    return job


def run(job: Job) -> None:
    assert job.dispatch_id is not None
    job_run(job_id=job.id, dispatch_id=job.dispatch_id)
    assert Job.objects.get().state == Job.State.SUCCEEDED
    assert Image.objects.get().placeholder
    assert set(Rendition.objects.values_list("state", flat=True)) == {"ready"}


def test_a_job_of_eight_renditions_asks_the_database_ten_times(
    as_alice: Client, bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = eight(as_alice, (900, 600))
    never_write(monkeypatch)
    with counted(monkeypatch) as asked:
        run(job)
    looking = 3  # of `run` above
    assert (len(asked.database) - looking, asked.transactions) == (10, 2), asked.database
    assert asked.store == {"GET": 1, "PUT": 8}
    assert len(list(bucket.objects.all())) == 9


def test_one_that_writes_in_between_asks_it_five_times_more(
    as_alice: Client, bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = eight(as_alice, (900, 600))
    due = iter([False] * 4 + [True] + [False] * 3)
    monkeypatch.setattr(Storing, "_is_due", lambda _self: next(due))
    with counted(monkeypatch) as asked:
        run(job)
    looking = 3
    assert (len(asked.database) - looking, asked.transactions) == (15, 3), asked.database


def test_of_a_small_picture_each_content_is_stored_once(
    as_alice: Client, bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = eight(as_alice, (60, 40))
    with counted(monkeypatch) as asked:
        run(job)
    assert asked.store == {"GET": 1, "PUT": 2}
    assert len(list(bucket.objects.all())) == 3
    assert Rendition.objects.count() == 8


def drawn(mode: str) -> bytes:
    """A PNG of which only the pixels tell that JPEG serves it better, or not."""
    with Picture.open(MOUNTAINS) as opened:
        image = opened.convert("RGB").resize((90, 60)).convert(mode)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(("mode", "asked_for"), [("RGB", 15), ("RGBA", 20)])
def test_a_guess_of_formats_that_is_settled_costs_five_more_and_a_wrong_one_ten(
    as_alice: Client,
    bucket: Any,
    monkeypatch: pytest.MonkeyPatch,
    mode: str,
    asked_for: int,
) -> None:
    job = eight(as_alice, (90, 60), drawn(mode))
    guessed = job.specs
    assert job.open_specs
    never_write(monkeypatch)
    with counted(monkeypatch) as asked:
        run(job)
    looking = 3
    assert (Job.objects.get().specs == guessed) == (mode == "RGB")
    assert (len(asked.database) - looking, asked.transactions) == (asked_for, 3), asked.database
