"""The keys with which receipts of deleted accounts are verified."""

from django.http.response import HttpResponseBase

from accounts import rate_limits
from accounts.api import refusals
from accounts.api.limited import AddressLimitedView
from accounts.api.responses import JwksOut
from accounts.services.receipts import receipt_keys
from platform_site.kit.rest.descriptions import described
from platform_site.kit.rest.hot_reads import HotRequest, hot, json_response


class ReceiptKeys(AddressLimitedView):
    """Public keys, for whoever is shown a receipt."""

    policy = rate_limits.JWKS_BY_ADDRESS


@hot(
    ReceiptKeys,
    described(
        "auth_receipt_keys",
        tag="auth",
        replies={200: JwksOut},
        refusals=refusals.LIMITED,
        anonymous=True,
    ),
)
def receipt_keys_read(_read: HotRequest) -> HttpResponseBase:
    """Every key that has signed the receipt of a deleted account, as a JWK set, for good."""
    return json_response(receipt_keys())
