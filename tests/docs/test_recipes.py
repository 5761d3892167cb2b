"""A recipe names its files, and each of them exists."""

import re

import pytest

from tests.deploy.workspace import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text()
RECIPES = dict(re.findall(r"(?ms)^### (.*?)\n(.*?)(?=^##)", TEXT.partition("\n## Recipes\n")[2]))
FOLDERS = "accounts|bench|deploy|docs|frontend|gateway|images|platform_site|tests"
EXPECTED = {
    "Add an image operation", "Add a profile field that the account page shows", "Add a preset",
    "Change a table",
    "Change the upload limit, or add one", "Add a metric with its panel", "Add an alert",
    "Add a role", "Add a drill", "Add a setting", "Add a queue", "Add a job error",
    "Why did this job fail?", "Rotate a key",
}  # fmt: skip


def test_the_common_changes_have_a_recipe() -> None:
    assert set(RECIPES) == EXPECTED


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_names_files_and_each_exists(name: str) -> None:
    paths = re.findall(rf"`((?:{FOLDERS})/[\w./-]+|compose\.yaml)`", RECIPES[name])
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("name", RECIPES)
def test_what_a_recipe_names_in_a_module_is_there(name: str) -> None:
    """``images/specs.py` (`operations_spec`)``: the name is in that file."""
    named = re.findall(r"`([\w/]+\.(?:py|ts|tsx))` \(`(\w+)`", RECIPES[name])
    assert [pair for pair in named if pair[1] not in (ROOT / pair[0]).read_text()] == []
