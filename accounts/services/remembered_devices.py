"""Browsers where the second factor is not asked for, for some days."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import metrics, selectors
from accounts.errors import FactorNotFound
from accounts.models import RememberedDevice, User
from accounts.secret_keys import peppered
from accounts.services.audit import audit_record
from accounts.services.batches import rows_remove
from accounts.services.sessions import DEVICE_LENGTH
from accounts.sign_in_state import sign_in_states
from platform_site.kit.identifiers import random_token


def device_remember(*, user: User, device: str) -> str:
    """Remember the browser that called itself ``device``; what it is to show, which is secret."""
    token = random_token()
    row = RememberedDevice.objects.create(
        user=user,
        digest=peppered(selectors.DEVICE_DIGEST, token)[0],
        sign_in_state=sign_in_states(user)[0],
        device=device[:DEVICE_LENGTH],
        expires_at=timezone.now() + timedelta(seconds=settings.REMEMBERED_DEVICE_LIFETIME_S),
    )
    audit_record("device.remember", user_id=user.id, by=user.id, target=str(row.id))
    return token


def device_is_remembered(*, user: User, token: str) -> bool:
    """Whether ``token`` is of a browser that ``user`` had remembered, and nothing ended that."""
    if not token:
        return False
    found = selectors.remembered_device(user_id=user.id, token=token) is not None
    metrics.SECOND_FACTORS.labels("device", "succeeded" if found else "refused").inc()
    return found


def device_forget(*, device_id: UUID, user_id: UUID) -> None:
    """Ask for the second factor there again. Raises `FactorNotFound`."""
    with transaction.atomic():
        count, _ = RememberedDevice.objects.filter(id=device_id, user_id=user_id).delete()
        if not count:
            raise FactorNotFound
        audit_record("device.forget", user_id=user_id, by=user_id, target=str(device_id))


def devices_expire() -> int:
    """Forget those whose time is over; how many."""
    return rows_remove(RememberedDevice.objects.filter(expires_at__lte=timezone.now()))
