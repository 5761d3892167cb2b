"""The end of TLS before the platform's nginx, as an Ingress is: an nginx with a certificate."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509

from tests.edge.server import nginx_binary
from tests.servers.authority import Authority
from tests.servers.ports import free_port, wait_for_port

ADDRESS: Final = "127.0.0.1"
CONFIGURATION: Final = """
daemon off;
worker_processes 1;
pid {directory}/front.pid;
error_log stderr crit;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_max_body_size 60m;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    server {{
        listen {address}:{port} ssl;
        ssl_certificate {certificate};
        ssl_certificate_key {certificate};
        location / {{
            proxy_pass http://{address}:{behind};
            proxy_http_version 1.1;
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Proto https;
            proxy_request_buffering off;
        }}
    }}
}}
"""


@dataclass
class TlsFront:
    """One nginx that people reach by https."""

    directory: Path
    behind: int
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        """Make the authority and the first certificate."""
        self.directory.mkdir()
        self.authority = self.directory / "authority.pem"
        self._certificate = self.directory / "server.pem"
        self._signs = Authority.of(self.authority)
        self._certify()

    @property
    def url(self) -> str:
        """The public address."""
        return f"https://{ADDRESS}:{self.port}"

    def start(self) -> None:
        """Start it and wait until it listens."""
        configuration = self.directory / "nginx.conf"
        configuration.write_text(
            CONFIGURATION.format(
                directory=self.directory,
                address=ADDRESS,
                port=self.port,
                certificate=self._certificate,
                behind=self.behind,
            )
        )
        self._process = subprocess.Popen(
            [nginx_binary() or "nginx", "-e", "stderr", "-c", str(configuration)],
            stderr=subprocess.DEVNULL,
        )
        wait_for_port(self.port)

    def renew(self) -> None:
        """Another certificate, as cert-manager writes one, and nginx told to read it."""
        self._certify()
        if self._process is not None:
            os.kill(self._process.pid, signal.SIGHUP)

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    def _certify(self) -> None:
        unfinished = self.directory / "next.pem"
        self._signs.certify(unfinished, x509.IPAddress(ip_address(ADDRESS)))
        unfinished.replace(self._certificate)


@contextmanager
def tls_front(directory: Path, behind: int) -> Iterator[TlsFront]:
    """An end of TLS before the nginx on the port ``behind``, for the block."""
    front = TlsFront(directory / "front", behind)
    try:
        front.start()
        yield front
    finally:
        front.stop()
