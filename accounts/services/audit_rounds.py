"""What a web process of auth does for the audit from time to time, beside the requests."""

from accounts import metrics, selectors
from accounts.services.audit_acts import acts_take
from accounts.services.audit_delivery import audit_deliver


def audit_round() -> None:
    """Tell how old the newest head is, take what images did, and send what is new on."""
    metrics.AUDIT_HEAD_AGE.set(selectors.audit_head_age_s())
    acts_take()
    audit_deliver()
