"""What a directory of keys lacks is made to fit what it has."""

import json
import stat
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from platform_site.secrets import key_files
from platform_site.secrets.generation import KeyMaterial, cluster, signing_key, write


@pytest.fixture
def material() -> KeyMaterial:
    return KeyMaterial()


@pytest.fixture
def directory(tmp_path: Path, material: KeyMaterial) -> Path:
    for role, files in cluster(material).items():
        write(tmp_path / role, files)
    return tmp_path


def test_the_first_file_that_is_there_is_read_without_its_newline(tmp_path: Path) -> None:
    (tmp_path / "second").write_text("a word\r\n")
    assert key_files.text(tmp_path, "first", "second") == "a word"
    assert key_files.text(tmp_path, "first") is None


def test_a_file_is_replaced_whole_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("old")
    file.chmod(0o644)
    key_files.rewrite(file, "new")
    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == ("new", 0o600)
    assert list(tmp_path.iterdir()) == [file]


def test_a_complete_directory_lacks_nothing(directory: Path) -> None:
    assert key_files.missing(directory) == {}


def test_a_lost_url_gets_the_password_that_the_server_has(
    directory: Path, material: KeyMaterial
) -> None:
    (directory / "images" / "database-url").unlink()
    (directory / "worker" / "database-url").unlink()
    added = key_files.missing(directory)
    assert set(added) == {"images", "worker"}
    url = urlsplit(added["images"]["database-url"])
    assert url.password == material.database["images"]


def test_a_source_that_is_gone_is_not_made_anew_beside_its_copies(directory: Path) -> None:
    (directory / key_files.SIGNING).unlink()
    with pytest.raises(key_files.Inconsistent, match=r"signing-keys\.json is missing"):
        key_files.missing(directory)


def test_the_published_half_of_every_signing_key_keeps_its_name_and_order() -> None:
    keys = [signing_key(), signing_key()]
    document = json.dumps({"keys": [{**key.entry, "kid": f"k{n}"} for n, key in enumerate(keys)]})
    public = json.loads(key_files.public_keys(document))["keys"]
    assert [key["kid"] for key in public] == ["k0", "k1"]
    assert [key["x"] for key in public] == [key.public["x"] for key in keys]
    assert not [key for key in public if "d" in key or "private_pem" in key]


def test_the_secret_of_the_gateway_is_the_one_it_shows_else_the_newest(directory: Path) -> None:
    shown = directory / "gateway" / "service-client-secret"
    assert key_files.gateway_secret(directory) == shown.read_text()
    shown.unlink()
    (directory / key_files.CLIENTS).write_text(json.dumps({"gateway": ["older", "newest"]}))
    assert key_files.gateway_secret(directory) == "newest"
