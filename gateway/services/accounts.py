"""What two roles have to do together for an account."""

from datetime import datetime

import structlog

from gateway.clients import auth, images
from gateway.errors import Refused, UpstreamFailed
from platform_site.kit.auth.tokens import Principal
from platform_site.kit.upstream.http import UpstreamUnavailable

log = structlog.get_logger(__name__)


def account_close(*, principal: Principal, password: str | None) -> datetime:
    """Close the caller's account and have its images served no more; when it will be deleted.

    When images gives no answer the account is closed all the same: housekeeping tells it again.
    Raises `Refused` for a wrong password, or for none in a session that is not fresh, and
    `UpstreamUnavailable` without auth.
    """
    # Auth first: a wrong password must change nothing, and only auth knows it.
    closed = auth.account_close(principal=principal, password=password)
    try:
        images.owner_withhold(token=closed.images_token)
    except (UpstreamUnavailable, UpstreamFailed, Refused) as exc:
        log.warning("images_not_withheld", user_id=str(principal.id), code=exc.code)
    return closed.deletes_at


def account_restore(*, principal: Principal) -> None:
    """Take the deletion back and have the images served again.

    Repeatable; raises `UpstreamUnavailable` when either role gives no answer.
    """
    restored = auth.account_restore(principal=principal)
    images.owner_release(token=restored.images_token)
