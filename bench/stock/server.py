"""The stock project under the platform's gunicorn options, with a database of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import urllib3

from platform_site import gunicorn
from platform_site.kit.identifiers import random_token
from tests.servers.ports import free_port, wait_for_port
from tests.servers.processes import Program

PASSWORD = "a long sentence nobody guesses"  # noqa: S105 - of an account that lives for a minute
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class StockServer:
    """A running server and the access token of its one account."""

    program: Program
    address: str
    token: str


@contextmanager
def stock_server(
    postgresql_url: str,
    directory: Path,
    *,
    profile: dict[str, Any],
    image: dict[str, Any],
    workers: str,
    threads: str,
) -> Iterator[StockServer]:
    """The server, holding the account and the image of these documents."""
    with _database(postgresql_url) as database_url:
        environment = {
            "DJANGO_SETTINGS_MODULE": "bench.stock.settings",
            "DJANGO_SECRET_KEY": random_token(50),
            "DATABASE_URL": database_url,
        }
        _seed(environment, profile=profile, image=image)
        port = free_port()
        command = _command(port, workers=workers, threads=threads)
        program = Program("stock", command, environment, directory)
        program.start()
        try:
            wait_for_port(port)
            address = f"http://127.0.0.1:{port}"
            yield StockServer(program, address, _token(address, profile["email"]))
        finally:
            program.stop()


def _command(port: int, *, workers: str, threads: str) -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn", "bench.stock.wsgi:application"),
        *("--bind", f"127.0.0.1:{port}", "--worker-class", gunicorn.worker_class),
        *("--workers", workers, "--threads", threads, "--keep-alive", str(gunicorn.keepalive)),
        *("--timeout", str(gunicorn.timeout), "--log-level", gunicorn.loglevel),
        *(("--worker-tmp-dir", gunicorn.worker_tmp_dir) if gunicorn.worker_tmp_dir else ()),
        "--no-control-socket",
    ]


def _seed(environment: dict[str, str], *, profile: dict[str, Any], image: dict[str, Any]) -> None:
    subprocess.run(
        [sys.executable, "-m", "bench.stock.seed"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        input=json.dumps({"profile": profile, "image": image, "password": PASSWORD}).encode(),
        check=True,
        timeout=60,
    )


def _token(address: str, username: str) -> str:
    body = {"username": username, "password": PASSWORD}
    reply = urllib3.request("POST", f"{address}/token", json=body, timeout=10.0)
    return str(reply.json()["access"])


@contextmanager
def _database(postgresql_url: str) -> Iterator[str]:
    name = f"stock_{random_token(6).lower().replace('-', '_')}"
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield urlsplit(postgresql_url)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(postgresql_url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
