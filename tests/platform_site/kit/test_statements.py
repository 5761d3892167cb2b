from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.models import F, QuerySet, Value
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from images.models import Image, Job, Usage
from platform_site.kit.statements import Change, ChangedRows, NewRow, Statement

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)

pytestmark = pytest.mark.django_db

BY_OWNER = Statement(lambda owner_id: Usage.objects.filter(owner_id=owner_id, images__lt=5))


def test_a_statement_finds_the_rows_of_the_values_it_is_given() -> None:
    alice, bob = uuid4(), uuid4()
    Usage.objects.create(owner_id=alice, bytes=1, images=1)
    Usage.objects.create(owner_id=bob, bytes=2, images=2)
    assert [usage.bytes for usage in BY_OWNER.rows(owner_id=alice)] == [1]
    assert [usage.bytes for usage in BY_OWNER.rows(owner_id=bob)] == [2]
    assert list(BY_OWNER.rows(owner_id=uuid4())) == []


def test_a_row_is_what_the_query_set_gives() -> None:
    job = Job.objects.create(
        owner_id=uuid4(), kind=Job.Kind.RENDER, specs=["w_200"], result={"made": [1]}
    )

    def build(job_id: UUID) -> QuerySet[Job]:
        return Job.objects.filter(id=job_id).annotate(twin=F("id"), code=Value("x"))

    (row,) = Statement(build).rows(job_id=job.id)
    (same,) = build(job.id)
    told, expected = dict(vars(row)), dict(vars(same))
    assert (told.pop("_state").db, expected.pop("_state").adding) == ("default", False)
    assert told == expected
    assert (told["twin"], told["specs"], told["result"]) == (job.id, ["w_200"], {"made": [1]})
    row.progress_step = "saved"
    row.save()
    assert Job.objects.get().progress_step == "saved"


def test_a_statement_keeps_what_else_it_compares_with() -> None:
    alice = uuid4()
    Usage.objects.create(owner_id=alice, images=5)
    assert list(BY_OWNER.rows(owner_id=alice)) == []


def test_a_statement_is_compiled_once() -> None:
    built = []

    def build(owner_id: UUID) -> QuerySet[Usage]:
        built.append(owner_id)
        return Usage.objects.filter(owner_id=owner_id)

    statement = Statement(build)
    with CaptureQueriesContext(connection) as queries:
        assert list(statement.rows(owner_id=uuid4())) == []
        assert list(statement.rows(owner_id=uuid4())) == []
    assert len(built) == 1
    assert len(queries) == 2


def test_a_value_that_is_missing_is_an_error() -> None:
    with pytest.raises(KeyError):
        BY_OWNER.rows()


def test_a_query_compares_with_times_and_words() -> None:
    job = Job.objects.create(owner_id=uuid4(), kind=Job.Kind.RENDER, specs=["w_200"])
    statement = Statement(lambda since, kind: Job.objects.filter(created_at__gt=since, kind=kind))
    before = job.created_at - timedelta(microseconds=1)
    assert statement.rows(since=before, kind=Job.Kind.RENDER.value) == [job]
    assert statement.rows(since=job.created_at, kind=Job.Kind.RENDER.value) == []
    assert statement.rows(since=before, kind=Job.Kind.DELETE.value) == []


def test_values_come_as_tuples() -> None:
    job = Job.objects.create(owner_id=uuid4(), kind=Job.Kind.RENDER, specs=["w_200"])

    def build(owner_id: UUID) -> QuerySet[Job, tuple[Any, ...]]:
        return Job.objects.filter(owner_id=owner_id).values_list("id", "specs", "created_at")

    rows = list(Statement(build).tuples(owner_id=job.owner_id))
    assert rows == [(job.id, ["w_200"], job.created_at)]
    assert rows == list(build(job.owner_id))


def test_tuples_come_in_their_order_at_most_as_many_as_are_asked() -> None:
    jobs = [Job.objects.create(owner_id=uuid4(), kind=Job.Kind.RENDER) for _ in range(3)]
    statement = Statement(
        lambda owners, before: (
            Job.objects.filter(owner_id__in=owners, **({"id__lt": before} if before else {}))
            .order_by("-id")
            .values_list("id")
        )
    )
    owners = tuple(job.owner_id for job in jobs)
    newest = list(statement.tuples(at_most=2, owners=owners, before=None))
    assert newest == [(jobs[2].id,), (jobs[1].id,)]
    assert list(statement.anew(at_most=2, owners=owners, before=None)) == newest
    assert list(statement.tuples(owners=owners, before=jobs[1].id)) == [(jobs[0].id,)]
    assert list(statement.tuples(owners=owners[1:2], before=None)) == [(jobs[1].id,)]


def test_what_is_joined_comes_with_the_row() -> None:
    image = Image.objects.create(
        owner_id=uuid4(), filename="f", format="jpeg", width=3, height=4, bytes=5, sha256="s"
    )
    job = Job.objects.create(owner_id=image.owner_id, kind=Job.Kind.RENDER, image=image)
    statement = Statement(
        lambda kind: Job.objects.select_related("image").filter(kind=kind, image__bytes=5)
    )
    with CaptureQueriesContext(connection) as queries:
        (row,) = statement.rows(kind=Job.Kind.RENDER.value)
        assert (row, row.image) == (job, image)
        assert row.image is not None
        assert (row.image.created_at, row.image.sha256) == (image.created_at, "s")
    assert len(queries) == 1


def test_a_value_that_the_sql_does_not_take_is_refused() -> None:
    interval = Statement(lambda word: Usage.objects.annotate(is_new=Value(f"{word}!")))
    with pytest.raises(ValueError, match=r"no parameter for \['word'\]"):
        interval.rows(word="new")


def test_a_change_is_compiled_once_and_made_where_its_conditions_hold() -> None:
    built = []

    def build(owner_id: UUID, kind: str, at: datetime) -> tuple[QuerySet[Job], dict[str, Any]]:
        built.append(owner_id)
        return Job.objects.filter(owner_id=owner_id, kind=kind), {
            "created_at": at,
            "progress_done": F("progress_total") + 2,
        }

    change = Change(build)
    alice, bob = uuid4(), uuid4()
    for owner_id in (alice, bob):
        Job.objects.create(owner_id=owner_id, kind=Job.Kind.RENDER, specs=[], progress_total=3)
    at = datetime(2024, 2, 29, 12, tzinfo=UTC)
    with CaptureQueriesContext(connection) as queries:
        assert change.execute(owner_id=alice, kind=Job.Kind.RENDER.value, at=at) == 1
        assert change.execute(owner_id=alice, kind=Job.Kind.DELETE.value, at=timezone.now()) == 0
    assert (len(built), len(queries)) == (1, 2)
    assert Job.objects.filter(created_at=at, progress_done=5).get().owner_id == alice


@pytest.mark.parametrize("vendor", ["its own", "another"])
def test_what_was_changed_is_read_as_it_is_then_with_what_is_joined(
    vendor: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if vendor == "another":
        monkeypatch.setattr(connection, "vendor", "sqlite")
    image = Image.objects.create(
        owner_id=uuid4(), filename="f", format="jpeg", width=3, height=4, bytes=5, sha256="s"
    )
    job = Job.objects.create(owner_id=image.owner_id, kind=Job.Kind.RENDER, image=image)
    changed = ChangedRows(
        Change(
            lambda job_id, kind, at: (
                Job.objects.filter(id=job_id, kind=kind),
                {"created_at": at, "progress_done": F("progress_total") + 2},
            )
        ),
        Statement(lambda job_id: Job.objects.select_related("image").filter(id=job_id)),
    )
    values = {"job_id": job.id, "at": NOON}
    for _ in range(2):
        (row,) = changed.rows(kind=Job.Kind.RENDER.value, **values)
        assert (row.created_at, row.progress_done, row.image) == (NOON, 2, image)
    assert changed.rows(kind=Job.Kind.DELETE.value, **values) == []
    assert Job.objects.get().created_at == NOON


def test_values_are_texts_times_and_tuples_and_what_is_none_is_another_shape() -> None:
    owner_id, built = uuid4(), []
    for kind, at in (("render", NOON), ("delete", NOON), ("render", NOON + SECOND)):
        Job.objects.create(owner_id=owner_id, kind=kind, created_at=at)

    def build(
        owner_id: UUID,
        kinds: tuple[str, ...],
        since: datetime | None,
        backwards: bool,  # noqa: FBT001 - a value of the statement
    ) -> QuerySet[Job, Any]:
        built.append(kinds)
        found = Job.objects.filter(owner_id=owner_id, kind__in=kinds)
        if since is not None:
            found = found.filter(created_at__gt=since)
        return found.order_by("-id" if backwards else "id").values_list("kind")

    statement = Statement(build)

    def kinds(*kinds: str, since: datetime | None = None, backwards: bool = False) -> str:
        found = statement.tuples(owner_id=owner_id, kinds=kinds, since=since, backwards=backwards)
        return "".join(kind[0] for (kind,) in found)

    assert [kinds("render"), kinds("delete"), kinds("render", "delete")] == ["rr", "d", "rdr"]
    assert [kinds("render", since=at) for at in (NOON - SECOND, NOON)] == ["rr", "r"]
    assert kinds("delete", "render", backwards=True) == "rdr"
    assert kinds("render", since=NOON + SECOND) == ""
    assert len(built) == 4


def test_a_value_of_another_type_is_an_error() -> None:
    with pytest.raises(TypeError):
        Statement(lambda images: Usage.objects.filter(images=images)).rows(images=7)


def test_a_new_row_is_the_one_that_the_model_saves() -> None:
    def build(job_id: UUID, owner_id: UUID, at: datetime, queue: str) -> Job:
        return Job(
            id=job_id, owner_id=owner_id, kind="render", queue=queue, created_at=at, queued_at=at
        )

    new = NewRow(build)
    for queue in ("first", "it's the second"):
        owner_id, saved, written = uuid4(), uuid4(), uuid4()
        build(saved, owner_id, NOON, queue).save(force_insert=True)
        assert new.execute(job_id=written, owner_id=owner_id, at=NOON, queue=queue) == 1
        names = [field.attname for field in Job._meta.concrete_fields if field.name != "id"]
        assert {job.id for job in Job.objects.filter(owner_id=owner_id)} == {saved, written}
        one, other = Job.objects.filter(owner_id=owner_id).values(*names)
        assert one == other
