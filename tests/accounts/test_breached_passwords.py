"""Breached passwords are refused, nothing but five digits is told, and no answer refuses nobody."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from pytest_django import Settings

from accounts import breached_passwords

BREACHED = "correct horse battery staple"
GOOD = "a password that nobody has published"


def digest(password: str) -> str:
    return hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


OTHERS = [digest(str(number)) for number in range(2000)]
PADDING = "0" * 35


class Ranges(BaseHTTPRequestHandler):
    """A server of ranges; it keeps what it was asked."""

    asked: list[tuple[str, dict[str, str]]] = []
    status = 200

    def do_GET(self) -> None:
        self.asked.append((self.path, dict(self.headers)))
        prefix = self.path.rpartition("/")[2]
        known = [digest(BREACHED), *OTHERS]
        lines = [f"{entry[5:]}:3" for entry in known if entry.startswith(prefix)]
        body = "\r\n".join([*lines, f"{PADDING}:0", f"{digest(GOOD)[5:]}:0"]).encode()
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        pass


@contextmanager
def ranges(status: int = 200) -> Iterator[str]:
    Ranges.asked, Ranges.status = [], status
    with ThreadingHTTPServer(("127.0.0.1", 0), Ranges) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/range"
        server.shutdown()
        thread.join()
    breached_passwords._pool.clear()


def codes(password: str) -> list[str]:
    try:
        validate_password(password)
    except ValidationError as exc:
        return [str(error.code) for error in exc.error_list]
    return []


def test_a_server_is_told_five_digits_and_nothing_else(settings: Settings) -> None:
    with ranges() as url:
        settings.BREACHED_PASSWORDS = url
        assert codes(BREACHED) == ["password_breached"]
        assert codes(GOOD) == []
    (path, headers), (other, _headers) = Ranges.asked
    assert path == f"/range/{digest(BREACHED)[:5]}"
    assert other == f"/range/{digest(GOOD)[:5]}"
    assert headers["Add-Padding"] == "true"
    assert digest(BREACHED)[5:] not in f"{path}{headers}"


def test_the_one_spelling_is_looked_up(settings: Settings) -> None:
    with ranges() as url:
        settings.BREACHED_PASSWORDS = url
        assert codes(BREACHED.replace("c", "\uff43", 1)) == ["password_breached"]


@pytest.mark.parametrize("status", [302, 404, 429, 500])
def test_without_an_answer_nothing_is_refused(settings: Settings, status: int) -> None:
    with ranges(status) as url:
        settings.BREACHED_PASSWORDS = url
        assert codes(BREACHED) == []
    settings.BREACHED_PASSWORDS = "http://127.0.0.1:9/range"
    assert codes(BREACHED) == []
    settings.BREACHED_PASSWORDS = "/nowhere/at/all"
    assert codes(BREACHED) == []


def test_a_directory_has_a_file_a_range(settings: Settings, tmp_path: Path) -> None:
    settings.BREACHED_PASSWORDS = str(tmp_path)
    entry = digest(BREACHED)
    (tmp_path / f"{entry[:5]}.txt").write_text(f"{PADDING}:1\n{entry[5:]}:12\n")
    assert (codes(BREACHED), codes(GOOD)) == (["password_breached"], [])


def test_one_file_is_searched_by_halves(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "ordered.txt"
    entries = sorted([*OTHERS, digest(BREACHED)])
    file.write_text("".join(f"{entry}:{number + 1}\n" for number, entry in enumerate(entries)))
    settings.BREACHED_PASSWORDS = str(file)
    assert (codes(BREACHED), codes(GOOD)) == (["password_breached"], [])
    for entry in entries:
        found = list(breached_passwords._lines(entry[:5], str(file)))
        assert [line.partition(":")[0] for line in found] == [
            other[5:] for other in entries if other.startswith(entry[:5])
        ]


def test_a_file_of_the_official_downloader_has_a_mark_of_utf_8_before_each_range(
    settings: Settings, tmp_path: Path
) -> None:
    """``haveibeenpwned-downloader`` joins what it wrote a range at a time, and on Windows so."""
    file = tmp_path / "pwnedpasswords.txt"
    entries = sorted([*OTHERS, digest(BREACHED)])
    firsts = {entry[:5]: entry for entry in reversed(entries)}.values()
    lines = (f"\ufeff{entry}" if entry in firsts else entry for entry in entries)
    file.write_bytes("".join(f"{line}:7\r\n" for line in lines).encode())
    settings.BREACHED_PASSWORDS = str(file)
    assert (codes(BREACHED), codes(GOOD)) == (["password_breached"], [])
    for entry in entries[::40]:
        assert entry[5:] in {
            line.partition(":")[0] for line in breached_passwords._lines(entry[:5], str(file))
        }


def test_it_is_off_unless_it_is_set() -> None:
    assert codes(BREACHED) == []
