"""What is answered is what is published: each reply is held against its own description."""

from dataclasses import fields, is_dataclass
from typing import Any

import pytest
from django.test import Client
from openapi_schema_validator import OAS31Validator

from images.api import responses
from images.models import Export, Image, Job, Rendition
from images.renditions import FORMATS, OUTPUT_FORMATS, Fit
from tests.images.conftest import Broker
from tests.images.pictures import form, png

V1 = "/internal/v1"
JSON = "application/json"


def wrong(document: dict[str, Any], operation_id: str, status: int, body: Any) -> list[str]:
    """What the published schema of the operation says against ``body``."""
    (operation,) = (
        operation
        for path in document["paths"].values()
        for operation in path.values()
        if operation["operationId"] == operation_id
    )
    content = operation["responses"][str(status)]["content"]
    whole = {**content["application/json"]["schema"], "components": document["components"]}
    found = OAS31Validator(whole, format_checker=OAS31Validator.FORMAT_CHECKER)
    return [error.message for error in found.iter_errors(body)]


@pytest.fixture
def replies(picture: dict[str, Any], as_alice: Client, broker: Broker) -> list[tuple[str, Any]]:
    """One reply of each operation that has a body, and those that differ by state."""
    image, job = f"{V1}/images/{picture['id']}", f"{V1}/jobs/{picture['job']['id']}"
    act = {"action": "add_tags", "tags": ["x"], "selection": {"ids": [picture["id"]]}}
    before = [
        ("images_list", as_alice.get(f"{V1}/images")),
        ("image_get", as_alice.get(image)),
        ("jobs_list", as_alice.get(f"{V1}/jobs")),
        ("job_cancel", as_alice.post(f"{job}/cancel")),
        ("job_get", as_alice.get(job)),
        ("job_retry", as_alice.post(f"{job}/retry")),
        ("rendition_request", as_alice.post(f"{image}/renditions", {"ops": {"width": 9}}, JSON)),
        ("export_create", as_alice.post(f"{V1}/exports", {"email": "alice@example.com"}, JSON)),
    ]
    broker.work()
    export = before[-1][1].json()["id"]
    return [
        *before,
        ("images_upload", as_alice.post(f"{V1}/images", form(png()))),
        ("images_upload", as_alice.post(f"{V1}/images", form(png()))),
        ("images_count", as_alice.get(f"{V1}/images/count")),
        ("images_act", as_alice.post(f"{V1}/images/actions", act, JSON)),
        ("image_get", as_alice.get(image)),
        ("image_update", as_alice.patch(image, {"title": "Sea"}, JSON)),
        ("renditions_list", as_alice.get(f"{image}/renditions")),
        ("rendition_request", as_alice.post(f"{image}/renditions", {"preset": "thumb"}, JSON)),
        ("presets_list", as_alice.get(f"{V1}/presets")),
        ("job_get", as_alice.get(job)),
        ("exports_list", as_alice.get(f"{V1}/exports")),
        ("export_get", as_alice.get(f"{V1}/exports/{export}")),
        ("usage_get", as_alice.get(f"{V1}/usage")),
        ("image_restore", as_alice.post(f"{image}/restore")),
        ("image_delete", as_alice.delete(f"{image}?permanent=true")),
    ]


def test_every_reply_is_as_published(
    document: dict[str, Any], replies: list[tuple[str, Any]]
) -> None:
    found = {
        f"{operation} {reply.status_code}": errors
        for operation, reply in replies
        if (errors := wrong(document, operation, reply.status_code, reply.json()))
    }
    assert found == {}
    paths = document["paths"].values()
    operations = {operation["operationId"] for path in paths for operation in path.values()}
    assert {operation for operation, _ in replies} == operations


def test_a_reply_of_another_shape_would_be_found(
    document: dict[str, Any], as_alice: Client, picture: dict[str, Any]
) -> None:
    body = as_alice.get(f"{V1}/images/{picture['id']}").json()
    assert wrong(document, "image_get", 200, body) == []
    other: dict[str, Any] = {"state": "asleep", "width": "wide", "created_at": None, "links": {}}
    for name, value in other.items():
        assert wrong(document, "image_get", 200, {**body, name: value}), name


def test_the_words_are_those_of_the_models_and_the_core(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    words = {name: schemas[name]["enum"] for name in schemas if name.endswith("Enum")}
    assert words == {
        "ActionEnum": ["trash", "restore", "delete", "add_tags"],
        "ExportStateEnum": Export.State.values,
        "FitEnum": list(Fit),
        "ImageStateEnum": [*(s for s in Image.State.values if s != "purged"), "trashed"],
        "InputFormatEnum": list(FORMATS),
        "JobKindEnum": Job.Kind.values,
        "JobStateEnum": Job.State.values,
        "OutputFormatEnum": list(OUTPUT_FORMATS),
        "RenditionStateEnum": Rendition.State.values,
    }


def test_every_shape_is_frozen_and_published_without_its_ending(document: dict[str, Any]) -> None:
    shapes = [kind for kind in vars(responses).values() if is_dataclass(kind)]
    assert len(shapes) > 15
    for kind in shapes:
        assert isinstance(kind, type)
        assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
        schema = document["components"]["schemas"][kind.__name__.removesuffix("Out")]
        assert list(schema["properties"]) == [each.name for each in fields(kind)]
        assert schema["description"]
