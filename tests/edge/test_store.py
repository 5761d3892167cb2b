"""A store elsewhere: asked by TLS, believed by its certificate only; and the memory it may cost."""

import datetime as dt
import re
import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.edge.conftest import variables_for
from tests.edge.handover import CONTENT, OF_THE_ROLE, PATH, STORED_AT, location_answer, store_answer
from tests.edge.rendering import NGINX, TEMPLATES
from tests.edge.server import Edge, running_edge
from tests.edge.upstreams import Upstream, serving
from tests.edge.wire import ask, problem_of
from tests.servers.names import name_server

pytestmark = pytest.mark.processes

NAME = "store.platform.test"
MANIFEST = NGINX.parents[1] / "deploy" / "k8s" / "roles" / "frontend" / "nginx.yaml"


def _certificate(directory: Path, name: str) -> tuple[Path, ssl.SSLContext]:
    """A certificate for ``name`` that signs itself, and a server's context with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    public, private = directory / f"{name}.crt", directory / f"{name}.key"
    public.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return public, context


class Elsewhere:
    """A store that speaks TLS under ``NAME``, and an nginx that trusts ``trusted``."""

    def __init__(self, stack: ExitStack, presented: ssl.SSLContext, trusted: Path) -> None:
        names = stack.enter_context(name_server())
        names.addresses[NAME] = ["127.0.0.1"]
        self.store: Upstream = stack.enter_context(serving(tls=presented))
        self.store.respond = store_answer
        images = stack.enter_context(serving())
        images.respond = lambda got: location_answer(got, f"/_store{STORED_AT}", OF_THE_ROLE)
        variables = variables_for(
            images.address, images.address, images.address, f"{NAME}:{self.store.port}",
            STORE_SCHEME="https", STORE_CA=str(trusted), RESOLVER=names.address,
        )  # fmt: skip
        self.edge: Edge = stack.enter_context(running_edge(variables))


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A directory that nginx, who is nobody, may read."""
    for directory in (tmp_path, *tmp_path.parents):
        directory.chmod(0o755)
        if directory.name.startswith("pytest-of-"):  # pytest's own ends here
            break
    return tmp_path


def test_a_store_with_a_trusted_certificate_gives_the_bytes(stack: ExitStack, place: Path) -> None:
    trusted, presented = _certificate(place, NAME)
    there = Elsewhere(stack, presented, trusted)

    reply = ask(there.edge.port, PATH)

    assert (reply.status, reply.body) == (200, CONTENT)
    assert there.store.last.headers["host"] == f"{NAME}:{there.store.port}"


def test_a_store_with_a_certificate_of_another_is_told_nothing(
    stack: ExitStack, place: Path
) -> None:
    trusted, _ = _certificate(place, NAME)
    _, presented = _certificate(place, "thief.platform.test")
    there = Elsewhere(stack, presented, trusted)

    reply = ask(there.edge.port, PATH)

    assert reply.status == 502
    assert problem_of(reply)["code"] == "upstream_unavailable"
    assert there.store.received == []


def test_a_store_with_the_certificate_of_another_name_is_told_nothing(
    stack: ExitStack, place: Path
) -> None:
    trusted, presented = _certificate(place, "thief.platform.test")
    there = Elsewhere(stack, presented, trusted)

    assert ask(there.edge.port, PATH).status == 502
    assert there.store.received == []


def test_as_many_slow_readers_as_there_may_be_fit_into_the_pods_memory() -> None:
    delivery = (TEMPLATES / "delivery.conf.template").read_text()
    main = (TEMPLATES / "nginx.conf.template").read_text()
    defaults = (NGINX / "defaults.envsh").read_text()

    def number(pattern: str, text: str) -> int:
        found = re.search(pattern, text)
        assert found, pattern
        return int(found[1])

    each = number(r"proxy_buffers (\d+) ", delivery) * number(r"proxy_buffers \d+ (\d+)k", delivery)
    each += number(r"proxy_buffer_size (\d+)k", delivery)
    workers = number(r"WORKERS:-(\d+)", defaults)
    # A delivery is two connections: the caller's and the store's.
    deliveries = workers * number(r"worker_connections (\d+)", main) // 2
    (container, _) = yaml.safe_load(MANIFEST.read_text())["spec"]["template"]["spec"]["containers"]
    limit = int(container["resources"]["limits"]["memory"].removesuffix("Mi"))

    assert each * deliveries / 1024 + 32 <= limit, "32 MiB for nginx itself"
