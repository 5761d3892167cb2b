"""However much is wrong with a request, the problem that says so stays small."""

from typing import Any

import pytest
from rest_framework import serializers

from platform_site.kit.rest.exceptions import as_domain_error
from platform_site.kit.rest.problems import (
    ERRORS_MAX,
    POINTER_MAX,
    DomainError,
    FieldError,
    problem_document,
)
from platform_site.kit.rest.serializers import StrictSerializer


class Tags(StrictSerializer):
    tags = serializers.ListField(child=serializers.CharField(max_length=3))


def problem_of(data: dict[str, Any]) -> dict[str, Any]:
    with pytest.raises(serializers.ValidationError) as caught:
        Tags(data=data).is_valid(raise_exception=True)
    error = as_domain_error(caught.value)
    assert error is not None
    return problem_document(error, instance="/x")


@pytest.mark.parametrize(
    "data",
    [
        {"tags": ["too long"] * 1_000},
        {f"field{number}": 1 for number in range(1_000)},
        {"tags": [{}] * 1_000},
    ],
    ids=["items", "unknown fields", "wrong types"],
)
def test_the_first_errors_are_named_and_the_others_counted(data: dict[str, Any]) -> None:
    problem = problem_of(data)
    assert len(problem["errors"]) == ERRORS_MAX == 20
    assert problem["errors_omitted"] == 1_000 - ERRORS_MAX


def test_as_many_as_are_named_are_not_counted() -> None:
    problem = problem_of({"tags": ["too long"] * ERRORS_MAX})
    assert len(problem["errors"]) == ERRORS_MAX
    assert "errors_omitted" not in problem


def test_an_invented_name_is_not_repeated_whole() -> None:
    problem = problem_of({"x" * 100_000: 1})
    assert len(problem["errors"][0]["pointer"]) == POINTER_MAX


def test_a_refusal_made_by_hand_is_bounded_like_any_other() -> None:
    errors = [FieldError("/x", "invalid", "No.")] * 30
    problem = problem_document(DomainError(errors=errors), instance="/x")
    assert (len(problem["errors"]), problem["errors_omitted"]) == (20, 10)
