"""The mail that the embedded platform has sent: it stands in a file in place of a letter box."""

import re
import time
from pathlib import Path

from tests.browser.site import Site

MAILED_WITHIN_S = 30.0


def link_mailed(site: Site, address: str, page: str) -> str:
    """The link to ``page`` in the newest mail to ``address``, once there is one."""
    log = Path(site.environment()["VAR_DIR"]) / "log" / "mails.log"
    deadline = time.monotonic() + MAILED_WITHIN_S
    while True:
        text = log.read_text() if log.is_file() else ""
        mails = [mail for mail in text.split("\nMail to ") if mail.startswith(f"{address}:")]
        for mail in reversed(mails):
            if found := re.search(rf"\S+/{page}#token=\S+", mail):
                return found[0]
        assert time.monotonic() < deadline, text[-2000:]
        time.sleep(0.2)
