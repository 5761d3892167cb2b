"""Sessions that end elsewhere, while somebody has a page open."""

import time
from dataclasses import replace

from tests.servers.person import Person


def other_sessions_ended(person: Person, *, token: str) -> None:
    """End every session but the person's own, and wait until ``token`` is refused."""
    for session in person.send("GET", "/auth/sessions").json["results"]:
        if not session["current"]:
            assert person.send("DELETE", f"/auth/sessions/{session['id']}").status == 204
    ended = replace(person, token=token)
    deadline = time.monotonic() + 30
    while ended.send("GET", "/api/v1/usage").status != 401:
        assert time.monotonic() < deadline
