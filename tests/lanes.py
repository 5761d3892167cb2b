"""How processes share a run: a folder that starts a platform for all its tests goes to one of them.

Tests of the other folders are given out by module, after the folders, so that all lanes end
together. A plugin, for the process that gives out the tests collects none.
"""

from typing import Final

import pytest
from xdist.remote import Producer  # type: ignore[import-untyped]
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

TOGETHER: Final = (
    "browser",
    "main_job",
    "observability",
    "rollouts",
    "deploy",
    "outages",
    "edge",
    "openapi",
)
"""Folders whose tests share what takes long to start; those that take longest come first."""
CLUSTER: Final = "tests/deploy/test_cluster.py"
"""It comes after the folders: the images' file systems are built while they run."""


def scope(nodeid: str) -> str:
    """What goes to one process as a whole: a folder or a module."""
    module = nodeid.partition("::")[0]
    folder = module.split("/")[1]
    return folder if folder in TOGETHER and module != CLUSTER else module


def rank(nodeid: str) -> int:
    """The place of a test's scope in the order in which scopes are given out."""
    name = scope(nodeid)
    if name in TOGETHER:
        return TOGETHER.index(name)
    return len(TOGETHER) if name == CLUSTER else len(TOGETHER) + 1


class Lanes(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Gives scopes out in the order of the collection."""

    def _split_scope(self, nodeid: str) -> str:
        return scope(nodeid)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Refuse a set of parameters: its order differs in each process, and lanes need the same.

    Raises:
        pytest.UsageError: A test takes its parameters from a set.
    """
    for mark in metafunc.definition.iter_markers("parametrize"):
        values = mark.args[1] if len(mark.args) > 1 else mark.kwargs.get("argvalues")
        if isinstance(values, set | frozenset):
            message = f"{metafunc.definition.nodeid} takes its parameters from a set: sort them."
            raise pytest.UsageError(message)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes long first."""
    items.sort(key=lambda item: rank(item.nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Lanes:
    """Take the place of the scheduler that ``--dist`` names."""
    config.option.loadscopereorder = False  # by number of tests, which says nothing of their time
    return Lanes(config, log)
