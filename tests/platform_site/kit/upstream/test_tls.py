"""Roles behind TLS: who they are is checked, and what they say is read like anything else."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from platform_site.kit.upstream.connections import ConnectionPool, NotConnected, Origin

HELLO = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


def certificate(path: Path) -> Path:
    """A key and a certificate of its own for 127.0.0.1, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "images")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    text = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(text + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("tls") / "role.pem")


@pytest.fixture
def port(own: Path) -> Iterator[int]:
    """Where a role answers over TLS, with a certificate that nobody knows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own)

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
    port: int, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(own))
    pool = ConnectionPool(Origin.of(f"https://127.0.0.1:{port}"))
    assert [body_of(pool) for _ in range(3)] == [b"{}"] * 3
    (connection,) = pool._idle
    assert isinstance(connection._socket, ssl.SSLSocket)


def test_a_role_that_nobody_vouches_for_is_none(port: int) -> None:
    with pytest.raises(NotConnected, match="CERTIFICATE_VERIFY_FAILED"):
        body_of(ConnectionPool(Origin.of(f"https://127.0.0.1:{port}")))


def test_a_role_of_another_name_is_none(
    port: int, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(own))
    with pytest.raises(NotConnected, match="CERTIFICATE_VERIFY_FAILED"):
        body_of(ConnectionPool(Origin.of(f"https://localhost:{port}")))
