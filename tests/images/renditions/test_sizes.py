"""The sizes that the pages foretell are the platform's: both are held against one list."""

import json
from pathlib import Path
from typing import Any

import pytest

from images.renditions.spec import Fit, RenditionSpec, output_size

ROOT = Path(__file__).resolve().parents[3]
SIZES = json.loads((ROOT / "frontend/tests/features/image/sizes.json").read_text())


@pytest.mark.parametrize("case", SIZES, ids=str)
def test_a_rendition_has_the_size_that_the_pages_compute(case: dict[str, Any]) -> None:
    width, height = case["box"]
    spec = RenditionSpec(width, height, Fit(case["fit"]))
    assert output_size(spec, *case["source"]) == tuple(case["size"])
