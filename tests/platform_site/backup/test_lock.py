from pathlib import Path

import pytest

from platform_site.backup.errors import Harmful
from platform_site.backup.lock import file_lock


def test_one_at_a_time(tmp_path: Path) -> None:
    file = tmp_path / "var" / ".running.lock"
    with (
        file_lock(file, "it runs"),
        pytest.raises(Harmful, match="it runs"),
        file_lock(file, "it runs"),
    ):
        pass
    with file_lock(file, "it runs"):
        pass
