"""What is recorded of acts that somebody may have to answer for."""

from typing import Literal
from uuid import UUID

import structlog

from platform_site.kit.rest.rate_limits import client_address
from platform_site.kit.telemetry.request_context import current_request, current_request_id

log = structlog.get_logger(__name__)


def audit_record(
    act: str,
    *,
    user_id: UUID | None,
    by: UUID | None,
    target: str = "",
    outcome: Literal["succeeded", "refused"] = "succeeded",
    **details: str,
) -> None:
    """Record that ``by`` did ``act`` to the account ``user_id``, and to ``target`` of it.

    ``None`` stands for nobody that is known, and for the platform itself. Address, device and
    request id are those of the request in hand. ``details`` are shown to the person and to the
    staff: never secrets. Stands in the transaction of the act where there is one.
    """
    request = current_request()
    log.info(
        "audit",
        act=act,
        user_id=str(user_id or ""),
        by=str(by or ""),
        target=target,
        outcome=outcome,
        has_address=bool(request and client_address(request)),
        request=current_request_id(),
        **details,
    )
