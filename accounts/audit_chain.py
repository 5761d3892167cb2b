"""How the entries of the audit are chained: what is hashed, of what, in which order.

Knows no database, so that whoever keeps an export can check it with this file alone.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

SHARDS: Final = 16
"""How many chains there are. Each write takes one of them that no other transaction holds."""
GENESIS: Final = "0" * 64
"""What the first entry of a shard has for the hash of the one before."""


@dataclass(frozen=True, slots=True)
class AuditContent:
    """What an entry says, without its place in a chain.

    ``user`` is whose account it is about and ``by`` who acted; ``None`` is nobody known.
    """

    id: UUID
    at: datetime
    act: str
    outcome: str
    user: UUID | None
    by: UUID | None
    target: str
    address: str
    device: str
    request: str
    details: Mapping[str, str]

    def document(self) -> dict[str, object]:
        """The fields as an export has them; times in UTC with microseconds."""
        return {
            "id": str(self.id),
            "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "act": self.act,
            "outcome": self.outcome,
            "user": self.user and str(self.user),
            "by": self.by and str(self.by),
            "target": self.target,
            "address": self.address,
            "device": self.device,
            "request": self.request,
            "details": dict(self.details),
        }


def content_digest(document: Mapping[str, object]) -> str:
    """SHA-256 in hex of the fields of an entry as canonical JSON.

    Sorted keys, no white space, UTF-8: RFC 8785, of which texts, objects and null are all there is.
    """
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def link_hash(*, shard: int, sequence: int, previous: str, content: str) -> str:
    """The hash of the entry ``sequence`` of ``shard``, which follows one of the hash ``previous``.

    The database computes the same when it writes (`accounts.services.audit`).
    """
    return hashlib.sha256(f"{shard}:{sequence}:{previous}:{content}".encode()).hexdigest()
