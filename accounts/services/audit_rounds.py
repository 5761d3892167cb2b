"""What a web process of auth does for the audit from time to time, beside the requests."""

from accounts import metrics, selectors


def audit_round() -> None:
    """Tell how old the newest signed head is."""
    metrics.AUDIT_HEAD_AGE.set(selectors.audit_head_age_s())
