"""What two roles have to do together for an account."""

from gateway.clients import auth, images
from platform_site.kit.tokens import Principal


def account_delete(*, principal: Principal) -> None:
    """Delete everything that the caller has, and then the account.

    The images go first: an account can be deleted again when that failed, but nobody could ask
    for the images of an account that is gone. Raises `UpstreamUnavailable`.
    """
    images.owner_purge(owner_id=principal.id)
    auth.account_delete(principal=principal)
