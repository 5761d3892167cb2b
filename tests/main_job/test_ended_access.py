"""What ends a session, ends it at every process of every role within a second."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pyotp
import pytest
import urllib3

from tests.servers.person import PASSWORD, Person
from tests.servers.platform import Platform
from tests.servers.processes import manage

pytestmark = pytest.mark.processes

SEEN_WITHIN_S = 1.0
PROCESSES = 16
"""Questions at once, so that each process of a role has some."""
DISABLE = """
from accounts.models import User
from accounts.services.users import account_disable
account_disable(user_id=User.objects.get(email="{email}").id)
"""


@dataclass
class There:
    """Another session of a person: its tokens, as the roles are shown them."""

    access: str
    refresh: str
    for_images: str
    service: str

    def statuses(self, split: Platform) -> dict[str, set[int]]:
        """What each role says, by many connections at once."""
        asked = {
            "gateway": (f"{split.address('gateway')}/api/v1/images", self.access),
            "auth": (f"{split.address('auth')}/auth/profile", self.access),
            "images": (f"{split.address('images')}/internal/v1/usage", self.for_images),
        }

        def ask(role: str) -> tuple[str, int]:
            url, token = asked[role]
            headers = {
                "Authorization": f"Bearer {token}",
                "X-Service-Authorization": f"Bearer {self.service}",
                "X-Public-Origin": split.address("gateway"),
                "Connection": "close",
            }
            return role, urllib3.request("GET", url, headers=headers, retries=False).status

        with ThreadPoolExecutor(PROCESSES) as threads:
            answers = list(threads.map(ask, [*asked] * PROCESSES))
        return {role: {status for name, status in answers if name == role} for role in asked}

    def renewed(self, split: Platform) -> int:
        url = f"{split.address('auth')}/auth/refresh"
        return urllib3.request("POST", url, json={"refresh": self.refresh}, retries=False).status


def elsewhere(split: Platform, person: Person, **step: str) -> There:
    """``person`` signs in at another device; ``step`` is what finishes that, if it takes one."""
    body = {"email": person.email, "password": PASSWORD, "mode": "token"}
    answer = person.send("POST", "/auth/login", body)
    if step:
        asked = {"challenge": answer.json["challenge"], "mode": "token", **step}
        answer = person.send("POST", "/auth/login/second-factor", asked)
    pair, other = answer.json, Person(person.email, "", "", "", token=answer.json["access"])
    service = split.service_token("images")
    return There(pair["access"], pair["refresh"], other.role_token("images"), service)


def session_ended(_split: Platform, person: Person) -> None:
    """By the row of the list that is not the one in hand."""
    sessions = person.send("GET", "/auth/sessions").json
    rows = sessions["results"] if isinstance(sessions, dict) else sessions
    for row in rows:
        if not row["current"]:
            assert person.send("DELETE", f"/auth/sessions/{row['id']}").status == 204


def password_changed(_split: Platform, person: Person) -> None:
    body = {"current": PASSWORD, "new": "violet harbour 27 x"}
    assert person.send("POST", "/auth/password", body).status == 204


def account_disabled(split: Platform, person: Person) -> None:
    code = DISABLE.format(email=person.email)
    manage("shell", "--command", code, environment=split.environment("admin"))


def factor_removed(_split: Platform, person: Person) -> None:
    assert person.send("DELETE", "/auth/factors/otp").status == 204


@pytest.mark.parametrize("end", [session_ended, password_changed, factor_removed, account_disabled])
def test_what_is_ended_is_refused_everywhere_within_a_second(
    split: Platform, end: Callable[[Platform, Person], None]
) -> None:
    person = split.person("alice")
    step = {}
    if end is factor_removed:
        app = pyotp.TOTP(person.send("POST", "/auth/factors/otp").json["secret"])
        code = app.at(time.time() - 30)
        codes = person.send("POST", "/auth/factors/otp/confirm", {"code": code}).json
        step = {"recovery_code": codes["recovery_codes"][0]}
    there = elsewhere(split, person, **step)
    assert there.statuses(split) == {"gateway": {200}, "auth": {200}, "images": {200}}
    end(split, person)
    ended = time.monotonic()
    assert there.renewed(split) == 401, "a refresh is refused at once"
    time.sleep(max(0.0, ended + SEEN_WITHIN_S - time.monotonic()))
    assert there.statuses(split) == {"gateway": {401}, "auth": {401}, "images": {401}}
    stays = person.send("GET", "/api/v1/images").status
    assert stays == (401 if end is account_disabled else 200)
