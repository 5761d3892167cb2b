"""The manifests with throw-away secrets, built once for all gates."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from deploy.k8s.tools import objects
from tests.deploy.components import USES, with_component
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


@pytest.fixture(scope="session")
def components(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The rendered stream of the overlay ``platform`` with each component."""
    kubectl_is_needed()
    copy = Workspace(tmp_path_factory.mktemp("components"))
    return {name: with_component(copy, name) for name in USES}


@pytest.fixture(scope="session")
def renders(components: Mapping[str, str]) -> Mapping[str, list[objects.Object]]:
    """The objects of each; tests only read them."""
    return {name: objects.objects(text) for name, text in components.items()}
