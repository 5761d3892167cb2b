"""A server with an archive in a store that speaks TLS, as the component of the cluster has them."""

from collections.abc import Iterator
from pathlib import Path
from shutil import which
from tempfile import mkdtemp

import pytest

from tests.archive.story import Story, story_of
from tests.needs import missing
from tests.servers.archived import binaries


@pytest.fixture(scope="module")
def story() -> Iterator[Story]:
    """A server that was filled, killed and lost, and what its clients were told."""
    if binaries() is None or which("pgbackrest") is None:
        missing("PostgreSQL's own package or pgbackrest is missing: .ci/packages installs them")
    with story_of(Path(mkdtemp(prefix="archive-"))) as told:
        yield told
