"""The daily export: what was recorded since the last one, and a signed head of every chain."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import orjson
import structlog
from django.db import connection, transaction
from django.utils import timezone

from accounts import selectors
from accounts.audit_chain import SHARDS
from accounts.audit_heads import HeadClaims, head_digest, head_read, head_sign
from accounts.models import AuditEntry, AuditHead
from accounts.services.audit import LOCKS, audit_record
from accounts.services.audit_verification import AuditFinding, audit_verify
from accounts.signing_keys import current_keyset

log = structlog.get_logger(__name__)

EVERY_S: Final = 82_800
"""How long ago the last head has to be; less than a day, so that a daily run finds it due."""


class AuditBrokenError(Exception):
    """The audit is not as it was written, so nobody signs it."""

    def __init__(self, findings: list[AuditFinding]) -> None:
        super().__init__("\n".join(map(str, findings)))


@dataclass(frozen=True, slots=True)
class AuditExport:
    """What was exported, and the head over all that there is."""

    entries: int
    jws: str


def audit_export(*, directory: Path | None, is_due: bool = False) -> AuditExport | None:
    """Verify the audit, write what is new to a file in ``directory``, and sign the heads.

    The head is a row and a line of the log as well: it names no person. ``None`` when the last one
    is younger than a day, unless it ``is_due``. Raises `AuditBrokenError`. A run that is cut short
    leaves no head, and the next one exports the same entries again.
    """
    with transaction.atomic():
        _heads_hold()
        last = AuditHead.objects.order_by("created_at", "id").last()
        now = timezone.now()
        if last and not is_due and now - last.created_at < timedelta(seconds=EVERY_S):
            return None
    # Keys are replaced outside of the database; it hears of it by what signs.
    kid = current_keyset().signer(at=now).kid
    if last and last.kid != kid:
        audit_record("key.rotate", user_id=None, by=None, target=kid, from_kid=last.kid)
    report = audit_verify()
    if report.findings:
        log.error("audit_broken", findings=[str(one) for one in report.findings])
        raise AuditBrokenError(report.findings)
    since = head_read(last.jws).newest if last else {}
    claims = HeadClaims(report.newest, head_digest(last.jws) if last else "")
    kid, jws = head_sign(claims, at=now)
    count = sum(place[0] for place in report.newest.values()) - sum(p[0] for p in since.values())
    if directory is not None:
        lines = _lines({shard: since.get(shard, (0, ""))[0] for shard in range(SHARDS)}, claims)
        _write(directory / f"audit-{now:%Y%m%dT%H%M%SZ}.jsonl", lines, jws)
    with transaction.atomic():
        _heads_hold()
        if AuditHead.objects.order_by("created_at", "id").last() != last:
            return None  # another run was faster
        AuditHead.objects.create(created_at=now, kid=kid, jws=jws)
    log.info("audit_head_signed", kid=kid, jws=jws, entries=count)
    return AuditExport(count, jws)


def exported_line(entry: AuditEntry) -> bytes:
    """An entry as a line of JSON."""
    return orjson.dumps(entry_document(entry), option=orjson.OPT_APPEND_NEWLINE)


def entry_document(entry: AuditEntry) -> dict[str, object]:
    """An entry as whoever keeps it has it, with its place in its chain."""
    place = {
        "shard": entry.shard,
        "sequence": entry.sequence,
        "previous": entry.previous_hash,
        "hash": entry.hash,
    }
    return place | entry.content().document()


def _heads_hold() -> None:
    """One head after the other, also when housekeeping was started twice."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCKS, SHARDS])


def _lines(since: dict[int, int], claims: HeadClaims) -> Iterator[bytes]:
    for shard, (newest, _digest) in claims.newest.items():
        for entry in selectors.audit_chain(shard=shard, after=since[shard]):
            if entry.sequence > newest:
                break
            yield exported_line(entry)


def _write(path: Path, lines: Iterator[bytes], jws: str) -> None:
    """The whole file or none: whoever collects it never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as stream:
        stream.writelines(lines)
        stream.write(orjson.dumps({"head": jws}, option=orjson.OPT_APPEND_NEWLINE))
    unfinished.rename(path)
