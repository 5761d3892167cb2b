"""A change of the code is seen once."""

import os
from pathlib import Path

from platform_site.embedded.sources import Sources


def test_a_file_that_is_written_comes_or_goes_is_a_change_once(tmp_path: Path) -> None:
    file = tmp_path / "app" / "views.py"
    file.parent.mkdir()
    file.write_text("")
    sources = Sources([tmp_path / "app"])
    assert not sources.have_changed()

    os.utime(file, ns=(1, 1))
    assert sources.have_changed()
    assert not sources.have_changed()

    file.with_name("models.py").write_text("")
    assert sources.have_changed()

    file.unlink()
    assert sources.have_changed()
    assert not sources.have_changed()


def test_other_files_are_no_code(tmp_path: Path) -> None:
    sources = Sources([tmp_path])
    (tmp_path / "notes.txt").write_text("")
    assert not sources.have_changed()
