"""The OpenAPI document: every URL is described, and everything described is a URL."""

import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, resolve
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from gateway.openapi import ANY_ID, IDS
from gateway.relay import ROUTES, Body, Route
from gateway.urls import urlpatterns

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def whole() -> dict[str, Any]:
    """Of the embedded role, where every application is."""
    GENERATOR_STATS.reset()
    generator = SchemaGenerator(urlconf="platform_site.urls.embedded")  # type: ignore[no-untyped-call]
    schema: dict[str, Any] = generator.get_schema(public=True)  # type: ignore[no-untyped-call]
    return schema


@pytest.fixture(scope="module")
def document(whole: dict[str, Any]) -> dict[str, Any]:
    """What the gateway answers of it."""
    ours = {path: item for path, item in whole["paths"].items() if path.startswith("/api/")}
    return {**whole, "paths": ours}


def described(document: dict[str, Any]) -> set[tuple[str, str]]:
    return {
        (method, re.sub(r"\{\w+\}", "{}", path))
        for path, operations in document["paths"].items()
        for method in operations
        if method in METHODS
    }


def routed(patterns: list[URLPattern]) -> set[tuple[str, str]]:
    return {
        (method, "/" + re.sub(r"<\w+:\w+>", "{}", str(pattern.pattern)))
        for pattern in patterns
        for method in METHODS
        if hasattr(getattr(pattern.callback, "cls", None), method)
    }


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        operation
        for path in document["paths"].values()
        for method, operation in path.items()
        if method in METHODS
    ]


def test_every_url_is_described_and_vice_versa(document: dict[str, Any]) -> None:
    assert described(document) == routed(urlpatterns)


def test_the_document_is_valid_and_was_made_without_a_warning(document: dict[str, Any]) -> None:
    validate_schema(document)  # type: ignore[no-untyped-call]
    assert document["openapi"].startswith("3.1")
    assert not GENERATOR_STATS


def test_every_operation_has_a_name_of_its_own_and_words(document: dict[str, Any]) -> None:
    found = operations(document)
    assert len({operation["operationId"] for operation in found}) == len(found)
    assert all(operation["description"] for operation in found)
    assert {tag for operation in found for tag in operation["tags"]} == {
        "images",
        "renditions",
        "jobs",
        "account",
        "platform",
    }


def test_every_refusal_is_a_problem(document: dict[str, Any]) -> None:
    problem = {"application/problem+json": {"$ref": "#/components/schemas/Problem"}}
    for operation in operations(document):
        for status, response in operation["responses"].items():
            if status[0] not in "45" or operation["operationId"] == "status_get":
                continue
            content = {kind: media["schema"] for kind, media in response["content"].items()}
            assert content == problem, (operation["operationId"], status)


def test_what_needs_a_token_says_so(document: dict[str, Any]) -> None:
    schemes = document["components"]["securitySchemes"]
    assert schemes["bearer"] == {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    open_to_all = {
        operation["operationId"]
        for operation in operations(document)
        if operation.get("security") != [{"bearer": []}]
    }
    assert open_to_all == {"status_get", "schema_get", "docs_get"}


def test_the_form_of_an_upload_is_described(document: dict[str, Any]) -> None:
    body = document["paths"]["/api/v1/images"]["post"]["requestBody"]["content"]
    reference = body["multipart/form-data"]["schema"]["$ref"].rpartition("/")[2]
    form = document["components"]["schemas"][reference]
    assert set(form["properties"]) == {"file", "presets", "ops", "title", "tags", "sha256"}
    assert form["required"] == ["file"]


def test_every_post_takes_an_idempotency_key(document: dict[str, Any]) -> None:
    for path, item in document["paths"].items():
        if "post" in item:
            names = {parameter["name"] for parameter in item["post"].get("parameters", [])}
            assert "Idempotency-Key" in names, path


def test_the_document_has_the_routes_of_auth_too_and_nothing_internal(
    whole: dict[str, Any],
) -> None:
    assert {"/auth/register", "/auth/login", "/auth/profile"} <= set(whole["paths"])
    assert not [path for path in whole["paths"] if path.startswith(("/internal", "/admin"))]


def references(part: Any) -> Iterator[str]:
    """Every ``$ref`` in ``part``."""
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for inner in part.values():
            yield from references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from references(inner)


def test_what_is_published_by_another_role_is_there(whole: dict[str, Any]) -> None:
    for reference in set(references(whole)):
        found: Any = whole
        for step in reference.removeprefix("#/").split("/"):
            assert step in found, reference
            found = found[step]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_what_is_passed_on_is_described_by_the_view_that_answers_it(
    document: dict[str, Any], route: Route
) -> None:
    path = "/api/v1/" + re.sub(r"<\w+:(\w+)>", r"{\1}", route.path)
    operation = document["paths"][path][route.method.lower()]
    internal = route.upstream_path(dict.fromkeys(IDS, ANY_ID))
    view: Any = resolve(internal, urlconf="platform_site.urls.images").func
    assert operation["description"] == inspect.getdoc(getattr(view.cls, route.method.lower()))
    assert operation["security"] == [{"bearer": []}]
    names = {parameter["name"] for parameter in operation.get("parameters", [])}
    assert ("Idempotency-Key" in names) == route.is_idempotent
    assert names & {"If-Match", "If-None-Match"} == {route.condition} - {""}
    assert ("requestBody" in operation) == (route.body not in {Body.NOTHING, Body.ACCOUNT})
