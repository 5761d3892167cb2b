from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.urls import path
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import OpenApiExample
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from platform_site.kit.rest.descriptions import IF_NONE_MATCH, MEANINGS, documented

PROBLEM = {"$ref": "#/components/schemas/Problem"}


@dataclass(frozen=True)
class Leaf:
    """One leaf of a tree."""

    id: UUID
    veins: int


class Leaves(APIView):
    permission_classes = [AllowAny]

    @documented(
        "leaf_get",
        tag="trees",
        replies={200: Leaf, 304: None},
        refusals=(404,),
        parameters=[IF_NONE_MATCH],
        examples=[OpenApiExample("a leaf", value={"veins": 7}, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        """A leaf that fell."""
        raise NotImplementedError

    @documented("leaf_press", tag="trees", replies={204: None}, anonymous=True)
    def post(self, request: Request) -> Response:
        """Press it."""
        raise NotImplementedError


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    generator = SchemaGenerator(patterns=[path("leaves", Leaves.as_view())])  # type: ignore[no-untyped-call]
    schema: dict[str, Any] = generator.get_schema(public=True)  # type: ignore[no-untyped-call]
    return schema


def test_the_docstring_describes_and_the_dataclass_is_the_schema(document: dict[str, Any]) -> None:
    operation = document["paths"]["/leaves"]["get"]
    assert (operation["operationId"], operation["tags"]) == ("leaf_get", ["trees"])
    assert operation["description"] == "A leaf that fell."
    body = operation["responses"]["200"]["content"]["application/json"]["schema"]
    assert body == {"$ref": "#/components/schemas/Leaf"}
    assert set(document["components"]["schemas"]["Leaf"]["properties"]) == {"id", "veins"}


def test_a_reply_without_a_body_has_no_content(document: dict[str, Any]) -> None:
    reply = document["paths"]["/leaves"]["get"]["responses"]["304"]
    assert "content" not in reply
    assert reply["description"] == "Nothing in the body."


def test_refusals_are_problems_and_say_what_they_mean(document: dict[str, Any]) -> None:
    replies = document["paths"]["/leaves"]["get"]["responses"]
    assert set(replies) == {"200", "304", "401", "403", "404", "406", "429", "502", "503", "504"}
    for status in (401, 403, 404, 429, 502, 503):
        reply = replies[str(status)]
        assert reply["description"] == MEANINGS[status]
        assert reply["content"]["application/problem+json"]["schema"] == PROBLEM


def test_a_route_that_may_lack_its_object_shows_what_is_answered_then(
    document: dict[str, Any],
) -> None:
    replies = document["paths"]["/leaves"]["get"]["responses"]
    examples = replies["404"]["content"]["application/problem+json"]["examples"]
    assert [item["value"]["code"] for item in examples.values()] == ["image_not_found"]


def test_an_anonymous_route_needs_no_token(document: dict[str, Any]) -> None:
    operation = document["paths"]["/leaves"]["post"]
    assert operation.get("security", []) in ([], [{}])
    assert {"401", "403"}.isdisjoint(operation["responses"])
