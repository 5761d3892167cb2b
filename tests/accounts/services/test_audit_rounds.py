"""What a round tells of the audit is what the rows say."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import metrics
from accounts.audit_chain import SHARDS
from accounts.models import AuditEntry, AuditHead
from accounts.services.audit import audit_record
from accounts.services.audit_exports import audit_export
from accounts.services.audit_rounds import audit_round

pytestmark = pytest.mark.django_db


def age_s() -> float:
    audit_round()
    return float(metrics.AUDIT_HEAD_AGE._value.get())


def test_the_age_is_that_of_the_head_or_else_of_the_first_entry() -> None:
    assert age_s() == 0
    for _ in range(SHARDS):
        audit_record("factor.add", user_id=None, by=None)
    assert 0 < age_s() < 60
    audit_export(directory=None)
    AuditHead.objects.update(created_at=timezone.now() - timedelta(hours=5))
    assert 18_000 < age_s() < 18_060
    assert AuditEntry.objects.count() == SHARDS
