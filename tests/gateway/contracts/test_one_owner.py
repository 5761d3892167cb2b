"""A value that the document publishes is one that its owner takes."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from gateway.api.documentation import DOCUMENT

pytestmark = pytest.mark.django_db(transaction=True)


def _values(schema: dict[str, Any]) -> list[Any]:
    return list(schema.get("enum", schema.get("items", {}).get("enum", [])))


def _filters() -> Iterator[tuple[str, str, str]]:
    """Every published value of every parameter with a list of values: path, name, value."""
    document: dict[str, Any] = json.loads(DOCUMENT.read_bytes())
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
