"""No query reads a table, or what it then throws away, however many images one person has.

Every list, filter and count of the API is asked for through its address, and every statement that
this sends is explained. A Seq Scan of a big table fails, and so do rows that a filter removes.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import connection, transaction
from django.test import Client

from images.models import Image, Job
from images.selectors.figures import ended_in_a_day, stored_totals
from images.selectors.images import SHOWN_STATES, ImageFilter
from images.selectors.jobs import jobs_under_way, oldest_queued
from images.selectors.search import FAR_ROWS
from images.selectors.selections import Selection
from images.selectors.usage import worker_heartbeats
from images.services.deletion import trash_purge
from images.services.figures import figures_count
from images.services.selections import (
    selection_delete,
    selection_restore,
    selection_tag,
    selection_trash,
)
from images.services.sweeping import jobs_sweep
from platform_site.kit.rest import pagination
from tests.images.grown_rows import TABLES, library_grow
from tests.images.people import Person, caller

pytestmark = [pytest.mark.django_db, pytest.mark.long]

ROWS: Final = 120_000
REMOVED: Final = 1_000
V1: Final = "/internal/v1"
FILTERS: Final = (
    {},
    *({"state": state} for state in SHOWN_STATES),
    *({"format": name} for name in ("jpeg", "png", "webp")),
    *({"tag": name} for name in ("common", "rare", "none")),
    *({"q": words} for words in ("IMG", "holiday", "ancient", "0012345", "none of it", "im", "zz")),
    {"trashed": "true"},
    {"trashed": "true", "state": "failed"},
    {"trashed": "true", "format": "png"},
    {"trashed": "true", "tag": "common"},
    {"trashed": "true", "q": "ancient"},
    {"state": "ready", "format": "png"},
    {"state": "failed", "format": "jpeg"},
    {"state": "ready", "tag": "common"},
    {"format": "png", "tag": "common"},
    {"q": "ancient", "tag": "common"},
    {"q": "holiday", "state": "failed"},
)
JOBS: Final = (
    {},
    *({"state": state} for state in Job.State.values),
    {"state": "running,queued"},
)
Sent = list[tuple[str, Any]]


@contextmanager
def sent() -> Iterator[Sent]:
    """The statements that are sent meanwhile, with their parameters."""
    found: Sent = []

    def keep(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        found.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        yield found


def faults(statements: Sent, *, removed: int = REMOVED) -> list[str]:
    """What is wrong with the plans of ``statements``, each explained as it runs once more."""
    return [
        f"{fault} in {sql} {params}"
        for sql, params in statements
        if sql.startswith(("SELECT", "\n    SELECT", "UPDATE", "DELETE"))
        for fault in _faults(_plan(sql, params), removed)
    ]


def _plan(sql: str, params: Any) -> dict[str, Any]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
        (found,) = cursor.fetchone()
        transaction.set_rollback(True)
    document = json.loads(found) if isinstance(found, str) else found
    plan: dict[str, Any] = document[0]["Plan"]
    return plan


def _faults(node: dict[str, Any], removed: int) -> Iterator[str]:
    table = node.get("Relation Name")
    if node["Node Type"] == "Seq Scan" and table in TABLES:
        yield f"Seq Scan of {table}"
    for reason in ("Filter", "Join Filter", "Index Recheck"):
        rows = node.get(f"Rows Removed by {reason}", 0) * node["Actual Loops"]
        if rows > removed:
            yield f"{rows:.0f} rows removed by {reason} of {table}"
    for part in node.get("Plans", ()):
        yield from _faults(part, removed)


def pages(client: Client, path: str, query: dict[str, str], middle: pagination.Edge) -> None:
    """The first page, the one after it, and back; then the middle of the list, both ways."""
    first = client.get(path, query).json()
    after = client.get(path, _query_of(first["next"])).json() if first["next"] else first
    if after["previous"]:
        client.get(path, _query_of(after["previous"]))
    for direction in "np":
        cursor = pagination.cursor_at(direction, middle)
        assert client.get(path, {**query, "cursor": cursor}).status_code == 200


def _query_of(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))


def test_no_query_grows_with_what_it_does_not_show(alice: Person) -> None:
    """All in one, since the rows, 100,000 of Alice's beside 20,000, are made in seconds."""
    library_grow(owner_id=alice.id, count=ROWS)
    assert faults_of_lists(alice) == []
    assert faults_of_actions(alice) == []
    # A gate that cannot fail is none: without an index its list is at fault.
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX images_image_by_format")
    with sent() as statements:
        caller(alice).get(f"{V1}/images", {"format": "png"})
    assert any("rows removed by Filter of images_image" in fault for fault in faults(statements))


def faults_of_lists(library: Person) -> list[str]:
    """Of every list, filter, count and number of the status."""
    client, found = caller(library), []
    middle = Image.objects.order_by("created_at").values_list("created_at", "id")[ROWS // 2]
    for query in FILTERS:
        with sent() as lists:
            pages(client, f"{V1}/images", query, middle)
        allowed = FAR_ROWS if "q" in query else REMOVED
        found += faults(lists, removed=allowed)
        with sent() as counts:
            count = client.get(f"{V1}/images/count", query).json()["count"]
        # A count reads what it counts, or what has the words; one of short words, all.
        if count < ROWS // 20 and ("q" not in query or query["q"] == "ancient"):
            found += faults(counts)
    for query in JOBS:
        with sent() as lists:
            pages(client, f"{V1}/jobs", query, middle)
        found += faults(lists)
    image = Image.objects.filter(owner_id=library.id, trashed_at=None).first()
    assert image is not None
    with sent() as rest:
        client.get(f"{V1}/jobs", {"image": str(image.id)})
        for path in (f"images/{image.id}", f"images/{image.id}/renditions", "overview", "usage"):
            assert client.get(f"{V1}/{path}").status_code == 200
        for read in (oldest_queued, jobs_under_way, ended_in_a_day, stored_totals):
            read()
        worker_heartbeats()
    return found + faults(rest)


def faults_of_actions(library: Person) -> list[str]:
    """Of what is done to few images of many, and of the housekeeping."""
    rare = ImageFilter(tag="rare")
    image = Image.objects.filter(owner_id=library.id, trashed_at=None).first()
    assert image is not None
    client = caller(library)
    with sent() as statements:
        count = client.get(f"{V1}/images/count", {"tag": "rare"}).json()["count"]
        chosen = Selection(narrowed=rare, expected_count=count)
        selection_tag(owner_id=library.id, selection=chosen, names=["new"])
        gone = selection_trash(owner_id=library.id, selection=chosen)
        moment = Selection(trashed_at=gone.trashed_at)
        assert selection_restore(owner_id=library.id, selection=moment).changed == count
        selection_delete(owner_id=library.id, selection=Selection(ids=[image.id]))
        trash_purge()
        figures_count()
        figures_count()
        jobs_sweep()
    return faults(statements)
