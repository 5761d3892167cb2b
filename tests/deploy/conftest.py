"""The manifests with throw-away secrets, built once for all gates."""

from pathlib import Path

import pytest

from tests.deploy.workspace import Workspace, kubectl_is_needed


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The committed manifests; tests only read them."""
    kubectl_is_needed()
    return Workspace(tmp_path_factory.mktemp("manifests"))


@pytest.fixture
def own_workspace(tmp_path: Path) -> Workspace:
    """A copy that this one test may change."""
    kubectl_is_needed()
    return Workspace(tmp_path)
