"""Service credentials: a role proves who it is and gets a token to call another one."""

import logging
from secrets import compare_digest
from typing import Final

import structlog
from django.conf import settings

from accounts import metrics
from accounts.errors import InvalidClient, InvalidTarget
from accounts.tokens import service_token_issue
from platform_site.kit.telemetry.logs import event_write

log = structlog.get_logger(__name__)
told: Final = logging.getLogger(__name__)
"""For what every grant writes: see `event_write`."""

CALLS: Final = {"gateway": frozenset({"auth", "images"})}
"""Which roles a role calls with a credential of its own; it gets tokens for no other."""


def service_token_open(*, client_id: str, client_secret: str, audience: str) -> str:
    """A token for ``client_id`` to call ``audience``.

    Raises `InvalidClient`, or `InvalidTarget` for a role that the client has no business with.
    """
    # While a secret is replaced, two are good; each is compared, whichever fits.
    live = [word.encode() for word in settings.SERVICE_CLIENTS.get(client_id, ()) if word]
    fits = [compare_digest(client_secret.encode(), word) for word in live]
    if not any(fits):
        log.warning("service_client_refused")
        raise InvalidClient
    called = CALLS.get(client_id, frozenset())
    if audience not in called:
        raise InvalidTarget(f"Audiences of {client_id}: {', '.join(sorted(called)) or 'none'}.")
    metrics.TOKENS_ISSUED.labels("service").inc()
    fields = {"client_id": client_id, "audience": audience}
    event_write(told, logging.INFO, "service_token_issued", fields)
    return service_token_issue(client_id=client_id, audience=audience)
