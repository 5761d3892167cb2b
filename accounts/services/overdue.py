"""How long ago housekeeping should have removed what is still there, told by the rows."""

from django.db.models import Min
from django.utils import timezone

from accounts import metrics
from accounts.models import Session, User


def overdue_tell() -> None:
    """Tell Prometheus: housekeeping serves no metrics, and one that does not run says nothing."""
    now = timezone.now()
    oldest = {
        "account": User.objects.aggregate(due=Min("deletion_due_at"))["due"],
        "session": Session.objects.aggregate(due=Min("expires_at"))["due"],
    }
    for kind, due in oldest.items():
        late_s = max(0.0, (now - due).total_seconds()) if due else 0.0
        metrics.REMOVAL_OVERDUE.labels(kind).set(late_s)
