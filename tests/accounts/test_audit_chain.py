"""Digests that an implementation elsewhere has to give as well."""

from datetime import UTC, datetime
from uuid import UUID

from accounts.audit_chain import GENESIS, AuditContent, content_digest, link_hash


def test_an_entry_has_one_digest_for_ever() -> None:
    document = AuditContent(
        id=UUID(int=1),
        at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        act="sign_in",
        outcome="refused",
        user=None,
        by=None,
        target="",
        address="192.0.2.7",
        device="é",
        request="r",
        details={"b": "2", "a": "1"},
    ).document()
    assert document["at"] == "2026-01-02T03:04:05.000000+00:00"
    digest = content_digest(document)
    assert digest == content_digest(dict(reversed(document.items())))
    assert link_hash(shard=1, sequence=1, previous=GENESIS, content=digest) != link_hash(
        shard=1, sequence=2, previous=GENESIS, content=digest
    )
