"""What migrations that no release has yet may do although the linter refuses it, and why.

An entry that allows nothing fails while its migration is new; what was released may be taken out.
"""

from typing import Final

from tests.upgrades.linter import REFERS

DELETED_LATER = (
    "0.1.0 deletes accounts in its housekeeping alone; one that has such a row is left for the "
    "release after it, which deletes it on its next run"
)
ALLOWED: Final = {
    ("accounts.0005_what_sign_in_proves", "adding-field-with-default"): (
        "STATEMENT_TIMESTAMP() is stable, not volatile, so the table is not written anew"
    ),
    ("accounts.0005_what_sign_in_proves", "require-concurrent-index-creation"): (
        "an index of the few accounts that were restored: one scan of the accounts"
    ),
    ("accounts.0006_mails_and_links", REFERS): DELETED_LATER,
    ("accounts.0013_api_keys", REFERS): DELETED_LATER,
    ("accounts.0014_identities", REFERS): DELETED_LATER,
    ("accounts.0016_factors", REFERS): DELETED_LATER,
    ("images.0008_exports", REFERS): (
        "0.1.0 forgets old jobs at the end of its sweep; where one made an export, that last step "
        "fails until the release after it runs again"
    ),
}
