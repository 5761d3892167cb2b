"""What is published is what is taken: words and bounds, at their edges and beyond."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from rest_framework.exceptions import ValidationError

from images.api import requests
from images.api.responses import OperationsOut
from images.api.upload_form import FormOperationsIn
from images.models import TAG_CHARACTERS, TITLE_CHARACTERS
from images.renditions import MAX_OUTPUT_SIDE, MAX_QUALITY, RenditionSpec
from images.services.selections import TAGS_MAX
from platform_site.kit.rest.pagination import LIMIT_MAX

ID = "0193a5c0-0000-7000-8000-000000000000"


def errors_of(kind: type[Any], given: Any) -> Any:
    """The codes of what is wrong, where it is wrong; nothing when ``given`` is taken."""
    serializer = kind(data=given)
    try:
        serializer.is_valid(raise_exception=True)
    except ValidationError as exc:
        return exc.get_codes()
    return {}


def _published(document: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Every published word of every parameter of a query: path, name, word."""
    schemas = document["components"]["schemas"]
    for path, operations in document["paths"].items():
        for parameter in operations.get("get", {}).get("parameters", []):
            schema = parameter["schema"]
            if "$ref" in schema:
                schema = schemas[schema["$ref"].rpartition("/")[2]]
            for word in schema.get("enum", []):
                yield path, parameter["name"], word


@pytest.mark.django_db(transaction=True)
def test_every_published_word_of_a_query_is_taken(
    document: dict[str, Any], as_alice: Client
) -> None:
    asked = list(_published(document))
    assert {name for _, name, _ in asked} == {"state", "format"}
    answers = {one: as_alice.get(one[0], {one[1]: one[2]}).status_code for one in asked}
    assert {one for one, status in answers.items() if status != 200} == set()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["images", "images/count", "jobs"])
def test_no_other_word_is_taken_and_an_unknown_parameter_is_ignored(
    as_alice: Client, path: str
) -> None:
    for state in ("pending_upload", "quarantined", "purged"):
        reply = as_alice.get(f"/internal/v1/{path}", {"state": state})
        (error,) = reply.json()["errors"]
        assert (error["pointer"], error["code"]) == ("/state", "invalid_choice")
    assert as_alice.get(f"/internal/v1/{path}", {"sort": "name"}).status_code == 200


EDGES: list[tuple[type[Any], str, Any, Any]] = [
    (requests.ImageChangesIn, "title", "x" * TITLE_CHARACTERS, "x" * (TITLE_CHARACTERS + 1)),
    (requests.ImageChangesIn, "tags", ["x" * TAG_CHARACTERS], ["x" * (TAG_CHARACTERS + 1)]),
    (requests.ImageChangesIn, "tags", ["x"] * TAGS_MAX, ["x"] * (TAGS_MAX + 1)),
    (requests.OperationsIn, "width", 1, 0),
    (requests.OperationsIn, "width", MAX_OUTPUT_SIDE, MAX_OUTPUT_SIDE + 1),
    (requests.OperationsIn, "height", MAX_OUTPUT_SIDE, MAX_OUTPUT_SIDE + 1),
    (requests.OperationsIn, "quality", MAX_QUALITY, MAX_QUALITY + 1),
    (requests.OperationsIn, "format", "avif", "gif"),
    (requests.OperationsIn, "fit", "cover", "fill"),
    (requests.PageQuery, "limit", LIMIT_MAX, LIMIT_MAX + 1),
    (requests.PageQuery, "limit", 1, 0),
    (requests.PageQuery, "cursor", "x" * 500, "x" * 501),
    (requests.ImageFilterQuery, "q", "x" * 200, "x" * 201),
    (requests.ImageFilterQuery, "tag", "x" * TAG_CHARACTERS, "x" * (TAG_CHARACTERS + 1)),
    (requests.ImageSelectionIn, "ids", [ID] * 1_000, [ID] * 1_001),
    (requests.RenditionCreateIn, "preset", "x" * 50, "x" * 51),
    (requests.JobQuery, "image", ID, "x"),
    (requests.DeletionQuery, "permanent", "true", "perhaps"),
]


@pytest.mark.parametrize(
    ("kind", "field", "taken", "refused"),
    EDGES,
    ids=[f"{kind.__name__}.{field}-{at}" for at, (kind, field, *_) in enumerate(EDGES)],
)
def test_a_bound_is_where_it_is_published(
    kind: type[Any], field: str, taken: Any, refused: Any
) -> None:
    assert errors_of(kind, {field: taken}) == {}
    assert list(errors_of(kind, {field: refused})) == [field]


def test_an_operation_stands_in_each_shape_that_has_operations() -> None:
    operations = {each.name for each in fields(RenditionSpec)}
    assert {each.name for each in fields(OperationsOut)} == operations
    assert set(requests.OperationsIn().fields) == operations
    assert set(FormOperationsIn().fields) == operations


def test_a_repeated_tag_counts_once_after_all_were_counted() -> None:
    serializer = requests.ImageChangesIn(data={"tags": ["b", "a", "b"]})
    assert serializer.is_valid()
    assert serializer.validated_data == {"tags": ["b", "a"]}


SELECTIONS: list[tuple[dict[str, Any], Any]] = [
    ({"ids": [ID]}, {}),
    ({"filter": {}, "expected_count": 0}, {}),
    ({"filter": {}, "expected_count": 2**31 - 1, "except_ids": [ID]}, {}),
    ({"trashed_at": "2026-01-01T00:00:00Z"}, {}),
    ({}, {"non_field_errors": ["one_of"]}),
    ({"ids": [ID], "trashed_at": "2026-01-01T00:00:00Z"}, {"non_field_errors": ["one_of"]}),
    ({"filter": {}}, {"expected_count": ["required"]}),
    ({"filter": {}, "expected_count": 2**31}, {"expected_count": ["max_value"]}),
    ({"ids": [], "except_ids": []}, {"except_ids": ["misplaced"]}),
    ({"ids": [], "expected_count": 1}, {"expected_count": ["misplaced"]}),
]


@pytest.mark.parametrize(("given", "codes"), SELECTIONS, ids=lambda case: repr(case)[:40])
def test_a_selection_names_images_in_one_way(given: dict[str, Any], codes: Any) -> None:
    assert errors_of(requests.ImageSelectionIn, given) == codes


def test_tags_come_exactly_with_the_action_that_puts_them_on() -> None:
    selection = {"selection": {"ids": [ID]}}
    for action in requests.ACTIONS:
        bare = errors_of(requests.ImageActionIn, {"action": action, **selection})
        tagged = errors_of(requests.ImageActionIn, {"action": action, "tags": ["x"], **selection})
        if action == requests.ADD_TAGS:
            assert (bare, tagged) == ({"tags": ["required"]}, {})
        else:
            assert (bare, tagged) == ({}, {"tags": ["misplaced"]})


def test_the_trash_is_meant_by_its_state_as_well() -> None:
    assert requests.image_filter({"state": "trashed"}).trashed
    assert requests.image_filter({"trashed": True}).trashed
    assert not requests.image_filter({"state": "ready"}).trashed


def test_a_selection_becomes_what_the_selectors_read() -> None:
    given = requests.ImageSelectionIn(
        data={"filter": {"tag": "sea"}, "expected_count": 3, "except_ids": [ID]}
    )
    assert given.is_valid()
    selection = requests.image_selection(given.validated_data)
    assert selection.narrowed is not None
    assert (selection.narrowed.tag, selection.expected_count) == ("sea", 3)
    assert (selection.except_ids, selection.ids) == ([UUID(ID)], None)
