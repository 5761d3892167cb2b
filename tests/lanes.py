"""How two processes share a run: by folders, so what one starts for all its tests is started once.

A plugin, for the process that gives out the tests collects none.
"""

from typing import Final

import pytest
from xdist.remote import Producer  # type: ignore[import-untyped]
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

INTERFACES: Final = frozenset({"browser", "deploy"})
"""Chromium drops its connections when a network interface comes or goes, as containers' do."""


class Lanes(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Gives a folder to one process, the largest first."""

    def _split_scope(self, nodeid: str) -> str:
        folder = nodeid.split("/")[1]
        return "interfaces" if folder in INTERFACES else folder


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Lanes:
    """Take the place of the scheduler that ``--dist`` names."""
    return Lanes(config, log)
