"""The peers of the reads, running: Express beside the platform's rows, stock DRF, static nginx."""

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bench.peers.files import file_server
from bench.peers.node import PeerMissing, node_program
from bench.served import Read, Served, bearer
from bench.stock.server import stock_server

PEERS: Final[Mapping[str, tuple[str, ...]]] = {
    "images/presets": ("Express/presets", "stock/presets"),
    "images/image": ("Express/image", "stock/image"),
    "auth/profile": ("stock/profile",),
    "gateway/presets": ("Express hop/presets",),
    "gateway/image": ("Express hop/image",),
    "images/bytes": ("nginx/bytes",),
}
"""What each of our reads is held beside."""


@dataclass(frozen=True)
class PeerRead:
    """A read of a peer, and the process of each program that answers."""

    read: Read
    pids: Mapping[str, int]


@contextmanager
def peers_ready(now: Served) -> Iterator[tuple[list[PeerRead], dict[str, str]]]:
    """(reads, why a peer is not here by its name): all are running until the block ends."""
    found: list[PeerRead] = []
    missing: dict[str, str] = {}
    with ExitStack() as stack:
        for name, start in (("stock", stock_ready), ("Express", _express), ("nginx", _nginx)):
            try:
                found += stack.enter_context(start(now))
            except PeerMissing as exc:
                missing[name] = str(exc)
        yield found, missing


@contextmanager
def stock_ready(now: Served) -> Iterator[list[PeerRead]]:
    """The reads of stock DRF and simplejwt, running until the block ends."""
    options = now.split.environment("images")
    with stock_server(
        now.postgresql_url,
        now.split.directory,
        profile=now.alice.send("GET", "/auth/profile").json,
        image=now.alice.image(now.image_id),
        workers=options["WEB_WORKERS"],
        threads=options["WEB_THREADS"],
    ) as stock:
        pids = {"stock": _pid(stock.program)}
        paths = {"presets": "presets", "image": f"images/{now.image_id}", "profile": "profile"}
        yield [
            PeerRead(
                Read(f"stock/{name}", f"{stock.address}/{path}", bearer(stock.token), ()), pids
            )
            for name, path in paths.items()
        ]


@contextmanager
def _express(now: Served) -> Iterator[list[PeerRead]]:
    """Tokens are the platform's own; they must live for as long as the peers are asked."""
    token, inner = now.alice.token, now.alice.role_token("images")
    shared = {"PUBLIC_KEY": _public_key(now, token), "ISSUER": str(_claims(token)["iss"])}
    public, role = _audiences(token), _audiences(inner)
    api = {**shared, "AUDIENCE": f"{role},{public}", "DATABASE_URL": now.split.database_url}
    with node_program("api.cjs", api, now.split.directory) as (upstream, address):
        hop = {**shared, "AUDIENCE": public, "UPSTREAM": address}
        with node_program("hop.cjs", hop, now.split.directory) as (gateway, entrance):
            alone = {"Express": _pid(upstream)}
            both = {"Express gateway": _pid(gateway), **alone}
            paths = {"presets": "presets", "image": f"images/{now.image_id}"}
            yield [
                *(
                    PeerRead(Read(f"Express/{name}", f"{address}/{path}", bearer(inner), ()), alone)
                    for name, path in paths.items()
                ),
                *(
                    PeerRead(
                        Read(f"Express hop/{name}", f"{entrance}/{path}", bearer(token), ()), both
                    )
                    for name, path in paths.items()
                ),
            ]


@contextmanager
def _nginx(now: Served) -> Iterator[list[PeerRead]]:
    image = now.alice.image(now.image_id)
    url = next(one["url"] for one in image["renditions"] if one["preset"] == "thumb")
    with file_server() as server:
        address = server.put("thumb.webp", now.alice.fetch(url).body)
        yield [PeerRead(Read("nginx/bytes", address, {}, ()), {"nginx": server.pid})]


def _claims(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    found: dict[str, Any] = json.loads(
        base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    )
    return found


def _audiences(token: str) -> str:
    """As the Node programs take them: with a comma between."""
    found = _claims(token)["aud"]
    return found if isinstance(found, str) else ",".join(found)


def _public_key(now: Served, token: str) -> str:
    """The key that signed ``token``, in PEM."""
    document = now.alice.http.request("GET", f"{now.split.address('auth')}/.well-known/jwks.json")
    keys = {key.key_id: key for key in jwt.PyJWKSet.from_dict(document.json()).keys}
    key = keys[jwt.get_unverified_header(token)["kid"]].key
    return str(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())


def _pid(program: Any) -> int:
    if program.process is None:
        raise RuntimeError(f"{program.name} is not running.")
    return int(program.process.pid)
