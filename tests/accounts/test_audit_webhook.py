"""What the receiver of the audit verifies, and who is believed to be it."""

import base64
import hmac
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography import x509
from django.utils import timezone
from pytest_django import Settings

from accounts import audit_webhook, metrics
from accounts.audit_chain import GENESIS, SHARDS
from accounts.audit_webhook import webhook_headers, webhook_send
from accounts.models import AuditDelivery, AuditEntry
from accounts.services.audit import audit_record
from accounts.services.audit_delivery import Batch, audit_deliver
from platform_site.kit.upstream.connections import NotConnected
from tests.servers.authority import DAY, Authority

SECRET = b"a secret of thirty-two bytes !!!"
SOMEBODY = UUID(int=SHARDS * 100)
"""Whose entries are in the chain 0."""
HERE = x509.IPAddress(ip_address("127.0.0.1"))
NO_CONTENT = b"HTTP/1.1 204 No Content\r\n\r\n"
TOO_LONG = b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n" + b" " * 999_999


@dataclass
class Reached:
    """A receiver behind TLS, the paths that were asked for, and whether the test is over."""

    url: str = ""
    paths: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)


Answer = Callable[[socket.socket, Reached], None]


def takes(connection: socket.socket, _reached: Reached) -> None:
    connection.sendall(NO_CONTENT)


def redirects(connection: socket.socket, reached: Reached) -> None:
    elsewhere = f"Location: {reached.url}/elsewhere\r\n".encode()
    head = b"HTTP/1.1 307 Temporary Redirect\r\nContent-Length: 0\r\n"
    connection.sendall(head + elsewhere + b"\r\n")


def says_too_much(connection: socket.socket, _reached: Reached) -> None:
    connection.sendall(TOO_LONG)


def drips(connection: socket.socket, reached: Reached) -> None:
    """It is always about to say more: each byte comes in time, and the answer is a good one."""
    for byte in NO_CONTENT:
        reached.over.wait(0.05)
        connection.sendall(bytes([byte]))


@contextmanager
def receiving(certificate: Path, answer: Answer) -> Iterator[Reached]:
    """A receiver with ``certificate``, that does ``answer`` once it has a request."""
    reached = Reached()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            reached.paths.append(self.path)
            self.rfile.read(int(self.headers["Content-Length"]))
            with suppress(OSError):
                answer(self.connection, reached)

        def handle(self) -> None:
            with suppress(OSError):  # whoever does not believe the certificate hangs up
                super().handle()

        def log_message(self, *_args: object) -> None:
            """Nothing."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        reached.url = f"https://127.0.0.1:{server.server_address[1]}"
        try:
            yield reached
        finally:
            reached.over.set()
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.of(tmp_path_factory.mktemp("tls") / "authority.pem")


@pytest.fixture(autouse=True)
def _trusts(authority: Authority, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Auth believes one authority of the operator's."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    settings.AUDIT_WEBHOOK_SECRETS = [SECRET]


def counted(outcome: str) -> float:
    return float(metrics.AUDIT_DELIVERIES.labels(outcome)._value.get())


def delivered(url: str, settings: Settings) -> int:
    """How many of two entries, of two chains, the receiver took."""
    settings.AUDIT_WEBHOOK_URL = f"{url}/audit"
    for chain in range(2):
        audit_record("factor.add", user_id=UUID(int=SHARDS + chain), by=None)
    return audit_deliver()


@pytest.mark.django_db
def test_a_receiver_of_the_operators_own_authority_is_sent_to(
    authority: Authority, settings: Settings, tmp_path: Path
) -> None:
    with receiving(authority.certify(tmp_path / "siem.pem", HERE), takes) as reached:
        assert delivered(reached.url, settings) == 2
    assert reached.paths == ["/audit", "/audit"]


@pytest.mark.django_db
@pytest.mark.parametrize("fault", ["unknown", "other name", "expired", "not yet"])
def test_nothing_is_sent_to_whom_the_certificate_does_not_show(
    fault: str, authority: Authority, settings: Settings, tmp_path: Path
) -> None:
    signer, since = authority, None
    name: x509.GeneralName = HERE
    if fault == "unknown":
        signer = Authority.of(tmp_path / "authority.pem")  # by the same name
    elif fault == "other name":
        name = x509.DNSName("siem.example")
    else:
        since = datetime.now(UTC) + (DAY if fault == "not yet" else -3 * DAY)
    before = counted("failed")
    with receiving(signer.certify(tmp_path / "siem.pem", name, since=since), takes) as reached:
        assert delivered(reached.url, settings) == 0
    assert reached.paths == []
    assert counted("failed") == before + 1, "once: the other chain is not tried"
    assert set(AuditDelivery.objects.values_list("sequence", flat=True)) == {0}


@pytest.mark.django_db
@pytest.mark.parametrize("answer", [redirects, says_too_much, drips])
def test_one_that_leads_elsewhere_or_does_not_end_is_left_alone(
    answer: Answer,
    authority: Authority,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if answer is drips:
        monkeypatch.setattr(audit_webhook, "CALL_S", 0.5)
    before = counted("failed")
    with receiving(authority.certify(tmp_path / "siem.pem", HERE), answer) as reached:
        assert delivered(reached.url, settings) == 0
        assert audit_deliver() == 0, "not before the pause is over"
    assert reached.paths == ["/audit"]
    assert counted("failed") == before + 1


@pytest.mark.parametrize("is_greeted", [False, True])
def test_one_that_takes_its_time_has_no_more_of_it(
    authority: Authority,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_greeted: bool,
) -> None:
    monkeypatch.setattr(audit_webhook, "CALL_S" if is_greeted else "CONNECT_S", 0.5)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.certify(tmp_path / "siem.pem", HERE))
    over = threading.Event()

    def sip() -> None:
        """Take a body of megabytes in more than a minute; or say nothing from the start."""
        made, _address = listener.accept()
        with made, suppress(OSError):
            if not is_greeted:
                over.wait()
                return
            with context.wrap_socket(made, server_side=True) as secure:
                while secure.recv(4096):
                    over.wait(0.02)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=sip)
        thread.start()
        settings.AUDIT_WEBHOOK_URL = f"https://127.0.0.1:{listener.getsockname()[1]}/audit"
        began = time.monotonic()
        with pytest.raises(TimeoutError if is_greeted else NotConnected):
            webhook_send(b" " * 16_000_000, {})
        assert time.monotonic() - began < 20
        over.set()
        thread.join()


def test_each_secret_signs_while_one_is_replaced(settings: Settings) -> None:
    settings.AUDIT_WEBHOOK_SECRETS = [b"n" * 24, SECRET]
    headers = webhook_headers("audit_1_2_3", b"{}", at=timezone.now())
    first, second = headers["webhook-signature"].split(" ")
    signed = f"audit_1_2_3.{headers['webhook-timestamp']}.{{}}".encode()
    assert second == f"v1,{base64.b64encode(hmac.digest(SECRET, signed, 'sha256')).decode()}"
    assert first != second


@pytest.mark.django_db
def test_the_receiver_in_the_documentation_believes_what_we_send_and_nothing_else(
    settings: Settings,
) -> None:
    page = Path("docs/api.md").read_text(encoding="utf-8").partition("## The audit")[2]
    documented: dict[str, Any] = {}
    exec(re.findall(r"```python\n(.*?)```", page, re.DOTALL)[0], documented)  # noqa: S102 - ours
    settings.AUDIT_WEBHOOK_SECRETS = [b"n" * 24, SECRET]
    whsec = f"whsec_{base64.b64encode(SECRET).decode()}"
    for number in range(3):
        audit_record("factor.add", user_id=SOMEBODY, by=SOMEBODY, number=str(number), word="é")
    entries = list(AuditEntry.objects.filter(shard=0).order_by("sequence"))
    body = Batch(AuditDelivery(shard=0), entries).body()
    headers = webhook_headers("audit_0_1_3", body, at=timezone.now())
    found = documented["entries_of"](body, headers, whsec)
    assert [entry["id"] for entry in found] == [str(entry.id) for entry in entries]
    previous = GENESIS
    for entry in found:
        assert documented["is_as_written"](entry, previous)
        assert not documented["is_as_written"]({**entry, "outcome": "refused"}, previous)
        assert not documented["is_as_written"](entry, "0" * 63 + "1")
        previous = entry["hash"]
    late = webhook_headers("audit_0_1_3", body, at=timezone.now() - timedelta(minutes=6))
    for other_body, other, secret in (
        (body + b" ", headers, whsec),
        (body, {**headers, "webhook-id": "audit_0_1_4"}, whsec),
        (body, late, whsec),
        (body, headers, f"whsec_{base64.b64encode(b'm' * 24).decode()}"),
    ):
        with pytest.raises(ValueError, match=r"too old|somebody else"):
            documented["entries_of"](other_body, other, secret)
