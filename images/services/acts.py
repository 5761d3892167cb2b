"""Acts that somebody may have to answer for: written beside what they did, given to the audit.

The audit is in tables of auth, which images may not write; auth asks for what is here.
"""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from images.models import ImageAct
from platform_site.kit.auth.tokens import Principal
from platform_site.kit.rest.rate_limits import AGENT_CHARACTERS, client_address
from platform_site.kit.telemetry.request_context import current_request, current_request_id


def act_record(
    act: str, *, owner_id: UUID, by: UUID | None, target: str = "", **details: str
) -> None:
    """Keep that ``by`` (``None``: the platform) did ``act`` to what ``owner_id`` owns.

    Stands in the transaction of the act: both are there, or neither. ``details`` are shown to the
    person and the staff, and outlive the account: no names of files, no titles.
    """
    _act(act, owner_id, by, target, details).save(force_insert=True)


def acts_record(
    act: str, *, owner_id: UUID, by: UUID | None, each: Iterable[Mapping[str, str]]
) -> None:
    """The same of several, which differ in their details; by one statement."""
    ImageAct.objects.bulk_create(_act(act, owner_id, by, "", details) for details in each)


def acts_forget(*, ids: Collection[UUID]) -> None:
    """Remove what the audit has taken; what is gone already is no matter."""
    ImageAct.objects.filter(id__in=ids).delete()


def _act(
    act: str, owner_id: UUID, by: UUID | None, target: str, details: Mapping[str, str]
) -> ImageAct:
    """By the request in hand, if there is one."""
    request = current_request()
    caller = getattr(request, "user", None)
    key_id = caller.key_id if isinstance(caller, Principal) else None
    return ImageAct(
        act=act,
        owner_id=owner_id,
        by_id=by,
        target=target,
        address=client_address(request) if request else "",
        device=request.META.get("HTTP_USER_AGENT", "")[:AGENT_CHARACTERS] if request else "",
        request_id=current_request_id()[:64],
        details={**details, "api_key": str(key_id)} if key_id else dict(details),
    )
