"""The document: refusals have bodies, replies have headers, names suit a generated client."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from images.renditions.formats import FORMATS
from tests.servers.processes import ROOT

PROBLEM = {"application/problem+json": {"$ref": "#/components/schemas/Problem"}}
STATUS_TELLS_ITSELF = ("status_get", "503")


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "frontend" / "openapi.json").read_text())
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in document["paths"].values():
        for method, operation in path.items():
            if method != "parameters":
                yield method, operation


def replies(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for _, operation in operations(document):
        for status, reply in operation["responses"].items():
            yield operation["operationId"], status, reply


def test_every_refusal_of_every_role_has_the_body_of_a_problem(document: dict[str, Any]) -> None:
    for name, status, reply in replies(document):
        if status >= "400" and (name, status) != STATUS_TELLS_ITSELF:
            content = {kind: media["schema"] for kind, media in reply["content"].items()}
            assert content == PROBLEM, (name, status)
            assert reply["description"], (name, status)


def test_every_reply_names_headers_that_are_described(document: dict[str, Any]) -> None:
    described = document["components"]["headers"]
    assert all(header["description"] and header["schema"] for header in described.values())
    used = set()
    for name, status, reply in replies(document):
        headers = {header["$ref"].rpartition("/")[2] for header in reply["headers"].values()}
        assert headers <= set(described), (name, status)
        assert "X-Request-ID" in headers, (name, status)
        assert ("Retry-After" in headers) == (status in {"409", "429", "502", "503", "504"}), (
            name,
            status,
        )
        assert ("WWW-Authenticate" in headers) == (status == "401"), (name, status)
        used |= headers
    assert used == set(described)


def test_what_the_layers_around_a_view_may_answer_is_said(document: dict[str, Any]) -> None:
    for method, operation in operations(document):
        statuses = set(operation["responses"])
        assert statuses >= {"406", "502", "503", "504"}, operation["operationId"]
        if "requestBody" in operation:
            assert statuses >= {"400", "413", "415"}, operation["operationId"]
        names = {parameter["name"] for parameter in operation.get("parameters", [])}
        if "Idempotency-Key" in names:
            assert statuses >= {"400", "409", "422"}, operation["operationId"]
        assert method in {"get", "post", "patch", "delete"}


def test_names_are_those_that_a_generated_client_can_bear(document: dict[str, Any]) -> None:
    names = set(document["components"]["schemas"])
    assert {"LoginRequest", "RegisterRequest", "PasswordRequest", "RenditionCreateRequest"} <= names
    for name in names:
        assert re.fullmatch(r"([A-Z][a-z0-9]+)+", name), name
        assert not re.search(r"(In|Out|Wish|Null)(Request|Enum)?$", name), name
        assert not name.startswith("Patched"), name


def test_bodies_say_that_they_take_no_other_field(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    bodies = {name for name in schemas if name.endswith("Request")} - {"UploadFormRequest"}
    assert bodies
    for name in bodies:
        assert schemas[name]["additionalProperties"] is False, name
    assert schemas["RenditionCreateRequest"]["oneOf"] == [
        {"required": ["preset"]},
        {"required": ["ops"]},
    ]
    selection = schemas["ImageSelectionRequest"]
    assert [only["required"] for only in selection["oneOf"]] == [
        ["ids"],
        ["filter"],
        ["trashed_at"],
    ]
    assert set(selection["dependentRequired"]) == {"filter", "except_ids", "expected_count"}
    assert schemas["ImageActionRequest"]["then"] == {"required": ["tags"]}


@pytest.mark.parametrize(
    ("schema", "field"),
    [
        *[("Image", "state"), ("Image", "format"), ("Rendition", "state"), ("Rendition", "format")],
        *[("Job", "state"), ("Job", "kind"), ("JobBrief", "state"), ("LoginRequest", "mode")],
    ],
)
def test_what_has_few_values_names_them(document: dict[str, Any], schema: str, field: str) -> None:
    schemas = document["components"]["schemas"]
    found = schemas[schema]["properties"][field]
    references = [found, *found.get("allOf", [])]
    names = [item["$ref"].rpartition("/")[2] for item in references if "$ref" in item]
    assert len(names) == 1
    assert len(schemas[names[0]]["enum"]) > 1


def test_the_published_formats_are_those_that_images_reads_and_writes(
    document: dict[str, Any],
) -> None:
    schemas = document["components"]["schemas"]
    read = {form.name for form in FORMATS.values()}
    written = {form.name for form in FORMATS.values() if form.writable}
    assert set(schemas["InputFormatEnum"]["enum"]) == read
    assert set(schemas["OutputFormatEnum"]["enum"]) == written


@pytest.mark.parametrize("path", ["/api/v1/docs", "/api/v1/status", "/auth/login", "/api/v1/usage"])
def test_options_is_refused_and_breaks_nothing(path: str) -> None:
    reply = Client().options(path)
    assert reply.status_code in {401, 405}
    assert reply.headers["Content-Type"] == "application/problem+json"
