"""An export of all that a person has: what auth knows of them goes to images, which makes it."""

from gateway.clients import auth, images
from gateway.permissions import Caller
from platform_site.kit.upstream.replies import Reply


def export_begin(*, caller: Caller) -> Reply:
    """What images answers to the wish for an export.

    Raises auth's refusal unless the caller has signed in a moment ago, and `UpstreamUnavailable`
    without either role: then there is no export, and nothing is half made.
    """
    # Auth first: it alone knows how fresh the sign-in is, and to be asked changes nothing there.
    account = auth.account_document(principal=caller.principal)
    return images.export_create(caller=caller, account=account)
