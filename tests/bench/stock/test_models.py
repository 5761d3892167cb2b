"""The stock project stores what the platform answers with, also after a field was added."""

import ast
from dataclasses import fields

import pytest

from images.api.responses import ImageOut, RenditionOut
from tests.deploy.workspace import ROOT

TREE = ast.parse((ROOT / "bench/stock/models.py").read_text())


def columns(model: str) -> set[str]:
    """Read and not imported: the tests' settings do not have the stock project's application."""
    found = next(n for n in TREE.body if isinstance(n, ast.ClassDef) and n.name == model)
    assigned = [n.targets[0] for n in found.body if isinstance(n, ast.Assign)]
    return {target.id for target in assigned if isinstance(target, ast.Name)}


@pytest.mark.parametrize(
    ("model", "document", "below"),
    [("Photo", ImageOut, {"renditions"}), ("PhotoRendition", RenditionOut, set())],
)
def test_every_field_of_the_document_is_a_column(
    model: str, document: type, below: set[str]
) -> None:
    assert {field.name for field in fields(document)} - columns(model) == below
