"""What is recorded of acts that somebody may have to answer for."""

from dataclasses import replace
from typing import Any, Final, Literal
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from accounts import metrics
from accounts.audit_chain import GENESIS, SHARDS, AuditContent, content_digest
from accounts.models import AuditEntry
from platform_site.kit.identifiers import uuid7
from platform_site.kit.rest.rate_limits import client_address
from platform_site.kit.telemetry.request_context import (
    current_request,
    current_request_id,
    current_user_id,
)

Outcome = Literal["succeeded", "refused"]
LOCKS: Final = 0x4155_4449
"""The class of the advisory locks, one a shard: any number, the same in every release."""
_TABLE: Final = AuditEntry._meta.db_table  # noqa: SLF001 - Django's documented API
_COLUMNS: Final = {field.name: field for field in AuditEntry._meta.concrete_fields}  # noqa: SLF001
_DIGEST: Final = {
    "postgresql": "encode(sha256(convert_to({}, 'UTF8')), 'hex')",
    "sqlite": "SHA256({})",  # Django's own function
}


def audit_record(
    act: str,
    *,
    user_id: UUID | None,
    by: UUID | None,
    target: str = "",
    outcome: Outcome = "succeeded",
    address: str | None = None,
    device: str | None = None,
    **details: str,
) -> None:
    """Record that ``by`` did ``act`` to the account ``user_id``, and to ``target`` of it.

    ``None`` stands for nobody that is known, and for the platform itself. ``address`` and
    ``device`` are those of the request in hand unless they are given; its id is recorded, too.
    ``details`` are shown to the person and to the staff: never secrets.

    Stands in the transaction of the act where there is one: both are there, or neither. Whoever
    records holds one of `SHARDS` chains until the commit, so no network and no password's hash
    may follow. It never waits for a chain while one is free, and so takes part in no deadlock.
    """
    request = current_request()
    if address is None:
        address = client_address(request) if request else ""
    if device is None:
        device = request.headers.get("User-Agent", "") if request else ""
    content = AuditContent(
        id=uuid7(),
        at=timezone.now(),
        act=act,
        outcome=outcome,
        user=user_id,
        by=by,
        target=target,
        address=address,
        device=device,
        request=current_request_id(),
        details=details,
    )
    audit_adopt(content)


def audit_adopt(content: AuditContent) -> None:
    """Record an act, maybe of another role, under the id, time and place that it has there.

    Raises ``IntegrityError`` when there is an entry of that id.
    """
    kept = replace(
        content,
        target=_text(content.target, "target"),
        address=_text(content.address, "address"),
        device=_text(content.device, "device"),
        request=_text(content.request, "request_id"),
        details={name: _clean(value) for name, value in content.details.items()},
    )
    with transaction.atomic(savepoint=False):  # an act without its entry is none
        _append(kept)
    transaction.on_commit(metrics.AUDIT_ENTRIES.labels(kept.act, kept.outcome).inc)


def audit_actor() -> UUID | None:
    """Who acts in the request in hand: the person, or the staff at the admin; else ``None``."""
    try:
        return UUID(current_user_id() or "")
    except ValueError:
        return None


def _append(content: AuditContent) -> None:
    """Write the entry behind the last one of a chain that no other transaction writes to."""
    preferred = (content.user or content.id).int % SHARDS
    with connection.cursor() as cursor:
        # A statement of its own: the next one's snapshot must be taken under the lock.
        shard = _chain_hold(cursor, preferred) if connection.vendor == "postgresql" else preferred
        values = {
            "id": content.id,
            "created_at": content.at,
            "act": content.act,
            "outcome": content.outcome,
            "user_id": content.user,
            "by_id": content.by,
            "target": content.target,
            "address": content.address,
            "device": content.device,
            "request_id": content.request,
            "details": dict(content.details),
        }
        sent = [_COLUMNS[name].get_db_prep_save(one, connection) for name, one in values.items()]
        digest = content_digest(content.document())
        linked = f"'{shard}:' || (sequence + 1) || ':' || hash || ':{digest}'"  # as `link_hash`
        link = _DIGEST[connection.vendor].format(linked)
        # The row before is read by the statement that writes: one round trip, and no place for
        # another to come between.
        cursor.execute(
            f"INSERT INTO {_TABLE} "  # noqa: S608 - names, numbers and hex of our own
            f"(shard, sequence, previous_hash, hash, {', '.join(values)}) "
            f"SELECT {shard}, sequence + 1, hash, {link}, {', '.join(['%s'] * len(values))} "
            f"FROM (SELECT * FROM (SELECT sequence, hash FROM {_TABLE} "
            f"WHERE shard = {shard} ORDER BY sequence DESC LIMIT 1) AS newest "
            f"UNION ALL SELECT 0, '{GENESIS}' ORDER BY sequence DESC LIMIT 1) AS before",
            sent,
        )


def _chain_hold(cursor: Any, preferred: int) -> int:
    """A chain that is this transaction's until its end: ``preferred``, or the next that is free.

    What the transaction holds already is free to it.
    """
    order = [(preferred + step) % SHARDS for step in range(SHARDS)]
    cursor.execute(
        "SELECT shard FROM unnest(%s::int[]) AS shard "
        "WHERE pg_try_advisory_xact_lock(%s, shard) LIMIT 1",
        [order, LOCKS],
    )
    if found := cursor.fetchone():
        return int(found[0])
    # As many transactions as there are chains are about to commit.
    cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCKS, preferred])
    return preferred


def _text(value: str, column: str) -> str:
    return _clean(value)[: _COLUMNS[column].max_length]


def _clean(value: str) -> str:
    """Without what PostgreSQL cannot keep: NUL, and halves of a surrogate pair."""
    return value.replace("\0", "").encode("utf-8", "replace").decode()
