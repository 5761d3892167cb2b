import io
import stat
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command


def run(directory: Path) -> str:
    said = io.StringIO()
    call_command("init_archive", directory=directory, stdout=said)
    return said.getvalue()


def test_it_writes_once_and_says_what_is_left_to_a_person(tmp_path: Path) -> None:
    said = run(tmp_path)
    assert "Keep the passphrase outside of this cluster" in said
    assert f"Write the store's s3-access-key-id to {tmp_path / 's3-access-key-id'}" in said
    first = {file.name: file.read_text() for file in tmp_path.iterdir()}
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}
    for name in ("s3-access-key-id", "s3-secret-access-key"):
        (tmp_path / name).write_text("given by the store")
    assert run(tmp_path) == ""
    assert {name: (tmp_path / name).read_text() for name in first} == first


def test_certificates_are_made_anew_together_and_the_passphrase_stays(tmp_path: Path) -> None:
    run(tmp_path)
    passphrase = (tmp_path / "passphrase").read_text()
    (tmp_path / "client-key.pem").unlink()
    with pytest.raises(CommandError, match=r"lacks client-key\.pem"):
        run(tmp_path)
    for file in tmp_path.glob("*.pem"):
        file.unlink()
    said = run(tmp_path)
    assert "Keep the passphrase" not in said
    assert (tmp_path / "passphrase").read_text() == passphrase
    assert len([*tmp_path.glob("*.pem")]) == 5
