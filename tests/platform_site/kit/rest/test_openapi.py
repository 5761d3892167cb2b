"""kit/rest/openapi.py: what is said of a view by rule, whatever the view says of itself."""

from typing import Any

import pytest
from django.urls import path
from drf_spectacular.generators import SchemaGenerator
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from platform_site.kit.rest.descriptions import IDEMPOTENCY_KEY, MEANINGS, documented

FORM = {"multipart/form-data": {"$ref": "#/components/schemas/Problem"}}


class Seeds(APIView):
    permission_classes = [AllowAny]

    @documented("seed_sow", tag="trees", replies={204: None}, request=FORM)
    def post(self, request: Request) -> Response:
        """Sow it."""
        raise NotImplementedError


class SeedsInFront(Seeds):
    more_parameters = [IDEMPOTENCY_KEY]


def described(view: type[APIView]) -> dict[str, Any]:
    generator = SchemaGenerator(patterns=[path("seeds", view.as_view())])  # type: ignore[no-untyped-call]
    schema: dict[str, Any] = generator.get_schema(public=True)  # type: ignore[no-untyped-call]
    operation: dict[str, Any] = schema["paths"]["/seeds"]["post"]
    return operation


def test_a_form_is_never_left_out() -> None:
    assert described(Seeds)["requestBody"]["required"] is True


def test_what_a_role_in_front_takes_is_described_with_all_that_follows_from_it() -> None:
    alone, in_front = described(Seeds), described(SeedsInFront)
    assert "parameters" not in alone
    assert [parameter["name"] for parameter in in_front["parameters"]] == ["Idempotency-Key"]
    assert set(in_front["responses"]) - set(alone["responses"]) == {"409", "422"}
    assert "Idempotency-Replayed" in in_front["responses"]["204"]["headers"]


@pytest.mark.parametrize("status", [409, 422])
def test_a_refusal_means_the_same_by_rule_and_by_name(status: int) -> None:
    assert described(SeedsInFront)["responses"][str(status)]["description"] == MEANINGS[status]
