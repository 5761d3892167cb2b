"""The reference of the REST API, appended to docs/api.md from the committed OpenAPI document."""

import json
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from sphinx.application import Sphinx

PAGE: Final = "docs/api"
DOCUMENT: Final = "gateway/openapi.json"


def operations(document: dict[str, Any]) -> list[tuple[str, str, str, dict[str, Any]]]:
    """Each operation as (tag, path, method, description), in the order of the reference."""
    return sorted(
        ((operation["tags"][0], path, method, operation)
         for path, methods in document["paths"].items()
         for method, operation in methods.items()),
        key=lambda found: found[:3],
    )  # fmt: skip


def markdown(document: dict[str, Any]) -> str:
    """The reference as Markdown: one section a tag, one heading an operation."""
    lines: list[str] = []
    for tag, found in groupby(operations(document), key=lambda operation: operation[0]):
        lines += [f"### {tag.capitalize()}", ""]
        for _, path, method, operation in found:
            lines += [f"#### `{method.upper()} {path}`", "", operation["description"], ""]
            lines += [*_parameters(operation), *_answers(operation)]
    return "\n".join(lines)


def _parameters(operation: dict[str, Any]) -> Iterator[str]:
    parameters = operation.get("parameters", [])
    if parameters:
        yield from ("| Parameter | In | Required | Meaning |", "|---|---|---|---|")
    for parameter in parameters:
        required = "yes" if parameter.get("required") else "no"
        meaning = _one_line(parameter.get("description", ""))
        yield f"| `{parameter['name']}` | {parameter['in']} | {required} | {meaning} |"
    yield ""


def _answers(operation: dict[str, Any]) -> Iterator[str]:
    yield from ("| Status | Meaning |", "|---|---|")
    for status, response in sorted(operation["responses"].items()):
        yield f"| {status} | {_one_line(response.get('description', ''))} |"
    yield ""


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def append_reference(app: Sphinx, page: str, source: list[str]) -> None:
    """Append the reference when Sphinx reads its page."""
    if page == PAGE:
        place = Path(app.srcdir) / DOCUMENT
        app.env.note_dependency(str(place))
        source[0] += "\n\n" + markdown(json.loads(place.read_text(encoding="utf-8")))


def setup(app: Sphinx) -> None:
    """Called by the configuration."""
    app.connect("source-read", append_reference)
