"""Why these routes refuse, by status, in the words of the OpenAPI document."""

from collections.abc import Mapping
from typing import Final

Refusals = Mapping[int, str]

INVALID: Final[Refusals] = {400: "`invalid`, `unknown_field` or `malformed_json`"}
PASSWORD_INCORRECT: Final[Refusals] = {400: "`password_incorrect`, `invalid`, `unknown_field`"}
SIGNED_IN: Final[Refusals] = {
    401: "`not_authenticated`, `token_invalid`, `token_expired` or `token_revoked`",
    403: "`permission_denied` without the scope; `account_closing`: take it back first",
}
FRESH: Final[Refusals] = {
    401: SIGNED_IN[401],
    403: f"{SIGNED_IN[403]}; `reauthentication_required`: `POST /auth/reauthenticate` first",
}
FACTOR_INCORRECT: Final[Refusals] = {
    400: "`factor_incorrect`, `challenge_invalid`, `invalid`, `unknown_field`"
}
NO_MAIL: Final[Refusals] = {409: "`mail_unavailable`: no mail server is configured"}
LIMITED: Final[Refusals] = {429: "`rate_limited`, with `Retry-After`"}
UNAVAILABLE: Final[Refusals] = {
    503: "`limiter_unavailable` or `revocation_unavailable`, with `Retry-After`"
}
