"""How tests are put into scopes, and which come first."""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import pytest

from tests.lanes import CLUSTER, TOGETHER, pytest_generate_tests, rank, scope
from tests.servers.processes import ROOT


def test_a_folder_with_a_platform_of_its_own_stays_together() -> None:
    assert scope("tests/browser/test_pages.py::test_one[a::b]") == "browser"
    assert scope("tests/images/api/test_images.py::test_one") == "tests/images/api/test_images.py"


def test_the_roles_in_their_images_come_after_the_folders_and_before_the_modules() -> None:
    module, folder = "tests/accounts/test_a.py::t", "tests/browser/test_a.py::t"
    assert sorted([module, f"{CLUSTER}::t", folder], key=rank) == [folder, f"{CLUSTER}::t", module]


def test_every_folder_that_is_named_is_there() -> None:
    assert [name for name in (*TOGETHER, CLUSTER) if not (ROOT / "tests" / name).is_dir()] == [
        CLUSTER
    ]
    assert (ROOT / CLUSTER).is_file()


def parametrized(values: Iterable[object]) -> Any:
    marks = [pytest.mark.parametrize("value", values).mark]
    definition = SimpleNamespace(iter_markers=lambda _: marks, nodeid="tests/test_a.py::test_one")
    return SimpleNamespace(definition=definition)


@pytest.mark.parametrize("kind", [set, frozenset])
def test_parameters_whose_order_a_process_decides_are_refused(kind: Any) -> None:
    values = kind("ab")
    pytest_generate_tests(parametrized(sorted(values)))
    with pytest.raises(pytest.UsageError, match=r"test_one takes its parameters from a set"):
        pytest_generate_tests(parametrized(values))
