"""What tests need of the machine, and what happens where it is missing."""

import os

import pytest


def missing(word: str) -> None:
    """Leave the test out and say why; in CI, where nothing may be left out, fail."""
    if os.environ.get("CI") == "true":
        pytest.fail(word)
    pytest.skip(word)
