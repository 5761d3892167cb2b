"""Rows a few at a time, so that no statement is long and no list is as long as a table."""

from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

BATCH: Final = 1000


def rows_remove(rows: QuerySet[Any]) -> int:
    """Delete ``rows``, which do not grow meanwhile; how many went, without what hung on them.

    A run that is cut short is finished by the next one.
    """
    count = 0
    while keys := list(rows.order_by().values_list("pk", flat=True)[:BATCH]):
        rows.filter(pk__in=keys).delete()
        count += len(keys)
    return count


def ids_each(rows: QuerySet[Any]) -> Iterator[UUID]:
    """The id of each of ``rows`` once, asked for as they are needed, in the order of the ids.

    What leaves ``rows`` before its turn is left out, and what stays among them does not come twice.
    """
    ids = rows.order_by("id").values_list("id", flat=True)
    batch = list(ids[:BATCH])
    while batch:
        yield from batch
        batch = list(ids.filter(id__gt=batch[-1])[:BATCH])
