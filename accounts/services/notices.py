"""Telling a person by mail what was done to their account, in case it was not them."""

from accounts.models import User
from accounts.services.mails import mail_queue
from platform_site.kit.rest.rate_limits import client_address
from platform_site.kit.telemetry.request_context import current_request


def notice_queue(
    *, user: User, act: str, to: str | None = None, is_of_staff: bool = False, **details: str
) -> None:
    """Tell ``user`` of ``act``, a word of `accounts.services.audit`, from where it was done.

    Stands in the transaction of the act. ``to`` is another address than the user's, such as the one
    before. Where the staff did it (``is_of_staff``), their place is not told. ``details`` are for
    the words of the act in ``mails/security_notice.<language>.txt``; never secrets.
    """
    request = None if is_of_staff else current_request()
    mail_queue(
        "security_notice",
        to=to or user.email,
        language=user.language,
        context={
            "email": to or user.email,
            "act": act,
            "address": client_address(request) if request else "",
            "device": request.headers.get("User-Agent", "")[:200] if request else "",
            **details,
        },
        user_id=user.id,
    )
