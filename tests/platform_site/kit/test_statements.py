from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.models import F, QuerySet, Value
from django.test.utils import CaptureQueriesContext

from images.models import Job, Usage
from platform_site.kit.statements import Statement

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
