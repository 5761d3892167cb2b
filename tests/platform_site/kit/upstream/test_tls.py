"""Roles behind TLS: who they are is checked, and what they say is read like anything else."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import ip_address

import pytest
from cryptography import x509

from platform_site.kit.upstream.connections import ConnectionPool, NotConnected, Origin
from tests.servers.authority import Authority

HELLO = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.of(tmp_path_factory.mktemp("tls") / "authority.pem")


@pytest.fixture
def port(authority: Authority) -> Iterator[int]:
    """Where a role answers over TLS, as 127.0.0.1, with a certificate of its own authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours = x509.IPAddress(ip_address("127.0.0.1"))
    context.load_cert_chain(authority.certify(authority.file.with_name("role.pem"), ours))

    def serve(connection: socket.socket) -> None:
        with suppress(OSError), connection, context.wrap_socket(connection, True) as secure:
            while taken := secure.recv(65536):
                if taken.endswith(b"\r\n\r\n"):
                    secure.sendall(HELLO)

    def listen() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(10)


def body_of(pool: ConnectionPool) -> bytes:
    return pool.exchange("GET", "/a", headers={}, body=None, timeout_s=5.0, is_fresh=False).body


def test_a_role_that_is_known_is_spoken_to(
    port: int, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    pool = ConnectionPool(Origin.of(f"https://127.0.0.1:{port}"))
    assert [body_of(pool) for _ in range(3)] == [b"{}"] * 3
    (connection,) = pool._idle
    assert isinstance(connection._socket, ssl.SSLSocket)


def test_a_role_that_nobody_vouches_for_is_none(port: int) -> None:
    with pytest.raises(NotConnected, match="CERTIFICATE_VERIFY_FAILED"):
        body_of(ConnectionPool(Origin.of(f"https://127.0.0.1:{port}")))


def test_a_role_of_another_name_is_none(
    port: int, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    with pytest.raises(NotConnected, match="CERTIFICATE_VERIFY_FAILED"):
        body_of(ConnectionPool(Origin.of(f"https://localhost:{port}")))
