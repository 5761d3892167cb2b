"""gateway/relay.py: the table keeps the rules that every operation of the API has."""

from uuid import UUID

import pytest

from gateway.deadlines import READ_S, UPLOAD_S, WRITE_S
from gateway.permissions import ACCOUNT, JOBS_READ, JOBS_WRITE, READ, USAGE, WRITE
from gateway.relay import ROUTES, Body, Route

A_ROUTE = pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")


@A_ROUTE
def test_what_changes_something_takes_the_scope_for_it_and_more_time(route: Route) -> None:
    is_read = route.method == "GET"
    longest = UPLOAD_S if route.body is Body.STREAM else WRITE_S
    assert route.deadline_s == (READ_S if is_read else longest)
    begins = route.path.partition("/")[0]
    reads = {"jobs": JOBS_READ, "usage": USAGE, "exports": ACCOUNT}
    writes = {"jobs": JOBS_WRITE, "exports": ACCOUNT}
    assert route.scope == (reads.get(begins, READ) if is_read else writes.get(begins, WRITE))


@A_ROUTE
def test_every_post_can_be_repeated_under_a_key_and_nothing_else_can(route: Route) -> None:
    assert route.is_idempotent == (route.method == "POST")


@A_ROUTE
def test_a_condition_is_of_the_kind_that_suits_the_method(route: Route) -> None:
    suitable = {"GET": "If-None-Match", "PATCH": "If-Match", "DELETE": "If-Match"}
    assert route.condition in {"", suitable.get(route.method, "")}
    assert not (route.method == "GET" and route.body is not Body.NOTHING)


def test_the_parameters_of_a_path_are_filled_in() -> None:
    route = Route("GET", "images/<uuid:image_id>/renditions")
    path = route.upstream_path({"image_id": UUID(int=7)})
    assert path == "/internal/v1/images/00000000-0000-0000-0000-000000000007/renditions"


def test_an_operation_stands_in_the_table_once_and_those_of_a_path_together() -> None:
    operations = [(route.path, route.method) for route in ROUTES]
    assert len(set(operations)) == len(operations)
    paths = [path for path, _ in operations]
    changes = [path for path, before in zip(paths, ["", *paths], strict=False) if path != before]
    assert len(set(changes)) == len(changes)
