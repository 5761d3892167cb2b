"""A static nginx: what serves bytes at the least cost, and where the picture servers read."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.peers.node import PeerMissing
from tests.edge.server import nginx_binary
from tests.servers.ports import free_port, wait_for_port

CONFIGURATION: Final = """
daemon off; worker_processes 1; pid {directory}/files.pid; error_log stderr crit;
events {{ worker_connections 512; }}
http {{
  access_log off; sendfile on; tcp_nopush on; etag on; default_type application/octet-stream;
  types {{ image/jpeg jpg; image/webp webp; }}
  keepalive_requests 1000000;
  client_body_temp_path {directory}/t1; proxy_temp_path {directory}/t2;
  fastcgi_temp_path {directory}/t3; uwsgi_temp_path {directory}/t4; scgi_temp_path {directory}/t5;
  client_max_body_size 100m;
  server {{
    listen 127.0.0.1:{port}; root {directory}/files;
    location /put/ {{ dav_methods PUT; create_full_put_path on; }}
  }}
}}
"""


@dataclass(frozen=True)
class FileServer:
    """A running server, and the directory of what it serves."""

    pid: int
    address: str
    directory: Path

    def put(self, name: str, content: bytes) -> str:
        """Serve ``content`` under ``name``; its address."""
        file = self.directory / name
        file.write_bytes(content)
        file.chmod(0o644)
        return f"{self.address}/{name}"


@contextmanager
def file_server() -> Iterator[FileServer]:
    """A server of an empty directory, which takes files by PUT below ``/put/``.

    Raises `PeerMissing` without nginx.
    """
    binary = nginx_binary()
    if binary is None:
        raise PeerMissing("nginx is not installed")
    with tempfile.TemporaryDirectory(prefix="bench-files-") as folder:
        directory, port = Path(folder), free_port()
        root = directory / "files"
        root.mkdir()
        (root / "put").mkdir()
        directory.chmod(0o755)  # for nginx's worker, which is another user
        (root / "put").chmod(0o777)  # likewise
        configuration = directory / "files.conf"
        configuration.write_text(CONFIGURATION.format(directory=directory, port=port))
        process = subprocess.Popen([binary, "-e", "stderr", "-c", str(configuration)])
        try:
            wait_for_port(port)
            yield FileServer(process.pid, f"http://127.0.0.1:{port}", root)
        finally:
            process.terminate()
            process.wait(10)
