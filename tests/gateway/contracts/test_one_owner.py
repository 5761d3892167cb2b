"""A value that the gateway publishes is one that the owner of it knows, and the other way round."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from gateway.api import requests
from gateway.clients import types
from gateway.urls import urlpatterns
from images import renditions
from images.api import requests as input_of_images
from images.api import selections
from images.models import Job, Rendition
from images.renditions.spec import MAX_OUTPUT_SIDE, Fit
from images.selectors.images import SHOWN_STATES
from images.services.selections import TAGS_MAX
from platform_site.kit.rest.pagination import LIMIT_MAX

pytestmark = pytest.mark.django_db(transaction=True)

OWNED = {
    "ImageState": SHOWN_STATES,
    "ImageAction": tuple(selections.ACTIONS),
    "JobState": Job.State.values,
    "JobKind": Job.Kind.values,
    "RenditionState": Rendition.State.values,
    "Fit": tuple(Fit),
    "InputFormat": tuple(renditions.FORMATS),
    "OutputFormat": renditions.OUTPUT_FORMATS,
}


@pytest.mark.parametrize("name", OWNED)
def test_the_gateway_knows_the_words_of_images_and_no_others(name: str) -> None:
    assert set(get_args(getattr(types, name))) == {str(value) for value in OWNED[name]}


def test_every_list_of_words_that_the_gateway_types_has_an_owner() -> None:
    typed = {name for name, value in vars(types).items() if get_args(value) and name[0].isupper()}
    assert typed - {"Any", "UUID"} <= set(OWNED) | {"IMAGE_STATES", "JOB_STATES", "JOB_KINDS"}


def _values(schema: dict[str, Any]) -> list[Any]:
    return list(schema.get("enum", schema.get("items", {}).get("enum", [])))


def _filters() -> Iterator[tuple[str, str, str]]:
    """Every published value of every parameter with a list of values: path, name, value."""
    generator = SchemaGenerator(patterns=urlpatterns)  # type: ignore[no-untyped-call]
    document: dict[str, Any] = generator.get_schema(public=True)  # type: ignore[no-untyped-call]
    schemas = document["components"]["schemas"]
    for path, operations in document["paths"].items():
        for parameter in operations.get("get", {}).get("parameters", []):
            schema = parameter["schema"]
            if "$ref" in schema:
                schema = schemas[schema["$ref"].rpartition("/")[2]]
            for value in _values(schema):
                if parameter["in"] == "query":
                    yield path, parameter["name"], str(value)


def test_every_published_value_of_every_filter_is_taken(alice_client: Client) -> None:
    asked = list(_filters())
    assert {name for _, name, _ in asked} >= {"state", "format"}
    answers = {one: alice_client.get(one[0], {one[1]: one[2]}).status_code for one in asked}
    assert {one for one, status in answers.items() if status != 200} == set()


def test_the_gateway_publishes_the_bounds_that_images_holds() -> None:
    changes: Any = requests.ImageChanges().fields
    operations: Any = requests.OperationsIn().fields
    page: Any = requests.PageQuery().fields
    selection: Any = requests.ImageSelection().fields
    action: Any = requests.ImageActionIn().fields
    assert selection["ids"].max_length == selection["except_ids"].max_length == selections.IDS_MAX
    assert action["tags"].max_length == TAGS_MAX
    assert action["tags"].child.max_length == input_of_images.TAG_CHARACTERS
    assert changes["title"].max_length == input_of_images.TITLE_CHARACTERS
    assert changes["tags"].max_length == TAGS_MAX
    assert changes["tags"].child.max_length == input_of_images.TAG_CHARACTERS
    assert requests.OperationsIn.rules["x-default-quality"] == {
        name: quality
        for name in renditions.OUTPUT_FORMATS
        if (quality := renditions.FORMATS[name].default_quality) is not None
    }
    assert operations["width"].max_value == operations["height"].max_value == MAX_OUTPUT_SIDE
    assert page["limit"].max_value == LIMIT_MAX
