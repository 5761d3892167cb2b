"""Whether the audit is as it was written: every chain from its first entry, and the signed heads.

A row that its owner altered, removed or inserted breaks the chain behind it. Who computes the rest
of a chain anew, or cuts its end off, is found by the heads; who cuts those off as well, by the
heads that were kept elsewhere.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import jwt
import orjson

from accounts import selectors
from accounts.audit_chain import GENESIS, SHARDS, content_digest, link_hash
from accounts.audit_heads import (
    HeadInvalidError,
    head_digest,
    head_open,
    head_read,
    is_signed_by_one_of,
)
from accounts.models import AuditEntry, AuditHead
from accounts.signing_keys import current_keyset

Kind = Literal["altered", "removed", "inserted", "moved"]
Anchors = Mapping[int, Mapping[int, set[str]]]
"""By shard and sequence: the hashes that signed heads know of that entry."""
RENUMBERED_BY: Final = 64
"""How many removed rows in a row are told from one that was moved."""


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """The first row of a chain that is not as it was written; for a head, ``shard`` is ``None``."""

    shard: int | None
    sequence: int
    kind: Kind
    why: str

    def __str__(self) -> str:
        place = "head" if self.shard is None else f"shard {self.shard}, sequence"
        return f"{self.kind}: {place} {self.sequence}: {self.why}"


@dataclass(slots=True)
class AuditReport:
    """What was looked at. ``newest`` is the sequence and hash of each chain's last entry."""

    entries: int = 0
    heads: int = 0
    findings: list[AuditFinding] = field(default_factory=list)
    newest: dict[int, tuple[int, str]] = field(default_factory=dict)


def audit_verify(
    *, kept_heads: Iterable[str] = (), kept_keys: Sequence[jwt.PyJWK] = ()
) -> AuditReport:
    """Look at every entry and head; memory does not grow with their number.

    ``kept_heads`` are heads that were kept elsewhere, and ``kept_keys`` public keys that are no
    longer published but may have signed them. Of each chain the first finding is told.
    """
    report = AuditReport()
    keys = [*kept_keys, *_published_keys()]
    anchors: defaultdict[int, defaultdict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    # Heads first: the entries that they speak of are all there by now.
    for jws in [*_own_heads(report, keys), *_kept(report, kept_heads, keys)]:
        for shard, (sequence, digest) in head_read(jws).newest.items():
            anchors[shard][sequence].add(digest)
    for shard in range(SHARDS):
        finding = _chain_look(shard, anchors[shard], report)
        if finding is not None:
            report.findings.append(finding)
    return report


def _published_keys() -> list[jwt.PyJWK]:
    return [jwt.PyJWK(one) for one in orjson.loads(current_keyset().document)["keys"]]


def _own_heads(report: AuditReport, keys: Sequence[jwt.PyJWK]) -> list[str]:
    """The heads of the table, oldest first. The newest is signed, and each names the one before."""
    heads = list(AuditHead.objects.order_by("created_at", "id").values_list("jws", flat=True))
    previous, good = "", []
    for number, jws in enumerate(heads, 1):
        report.heads += 1
        try:
            # Of an old head the key may be gone: it is vouched for by those after it.
            known = is_signed_by_one_of(jws, keys) or number == len(heads)
            claims = head_open(jws, keys) if known else head_read(jws)
        except HeadInvalidError as exc:
            report.findings.append(AuditFinding(None, number, "altered", str(exc)))
            break
        if claims.previous != previous:
            why = "the one before is not the one that it names"
            report.findings.append(AuditFinding(None, number, "removed", why))
            break
        previous = head_digest(jws)
        good.append(jws)
    return good


def _kept(report: AuditReport, heads: Iterable[str], keys: Sequence[jwt.PyJWK]) -> list[str]:
    good = []
    for number, jws in enumerate(heads, 1):
        report.heads += 1
        try:
            head_open(jws, keys)
        except HeadInvalidError as exc:
            report.findings.append(AuditFinding(None, number, "altered", f"of those kept: {exc}"))
        else:
            good.append(jws)
    return good


def _chain_look(
    shard: int, anchors: Mapping[int, set[str]], report: AuditReport
) -> AuditFinding | None:
    older, previous, expected = "", GENESIS, 1
    for entry in selectors.audit_chain(shard=shard):
        report.entries += 1
        if finding := _fault(entry, expected=expected, previous=previous, older=older):
            return finding
        if anchors.get(expected, {entry.hash}) != {entry.hash}:
            why = "a signed head knows another hash: this entry or one before it was rewritten"
            return AuditFinding(shard, expected, "altered", why)
        older, previous, expected = previous, entry.hash, expected + 1
    report.newest[shard] = (expected - 1, previous)
    if (signed := max(anchors, default=0)) >= expected:
        why = f"the end is missing: a signed head knows {signed} entries"
        return AuditFinding(shard, expected, "removed", why)
    return None


def _fault(entry: AuditEntry, *, expected: int, previous: str, older: str) -> AuditFinding | None:
    """What is wrong about ``entry``, or about the one before it, whose hash is ``previous``."""
    if entry.sequence != expected:
        why = f"the next entry there is has {entry.sequence}"
        return AuditFinding(entry.shard, expected, "removed", why)
    is_right, follows = _hashes_to(entry, expected), entry.previous_hash == previous
    if is_right and follows:
        return None
    kind: Kind = "altered"
    if follows:
        sequence, why = expected, "its fields do not give its hash"
    elif entry.previous_hash == older:
        sequence, kind = expected - 1, "inserted"
        why = "the entry after it follows the one before it"
    elif is_right:
        sequence, why = expected - 1, "the entry after it knows another hash"
    else:
        sequence = expected
        kind, why = _displaced(entry)
    return AuditFinding(entry.shard, sequence, kind, why)


def _displaced(entry: AuditEntry) -> tuple[Kind, str]:
    """What happened where neither the fields nor the place of ``entry`` give its hash."""
    if selectors.audit_chain_has(shard=entry.shard, digest=entry.previous_hash):
        return "moved", "it follows another entry of the chain"
    if any(_hashes_to(entry, entry.sequence + step) for step in range(1, RENUMBERED_BY)):
        return "removed", "the entries after it were numbered anew"
    return "altered", "neither its fields nor its place give its hash"


def _hashes_to(entry: AuditEntry, sequence: int) -> bool:
    link = link_hash(
        shard=entry.shard,
        sequence=sequence,
        previous=entry.previous_hash,
        content=content_digest(entry.content().document()),
    )
    return link == entry.hash
