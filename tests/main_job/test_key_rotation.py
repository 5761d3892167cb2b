"""The signing key is replaced, role by role, while people work: nobody is told 401."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import jwt
import pytest
import urllib3

from platform_site.secrets.rotated_keys import PUBLISH_AHEAD
from platform_site.secrets.rotation import OutOfOrder, rotate
from tests.servers.person import Person
from tests.servers.platform import Platform, platform
from tests.waiting import until

pytestmark = pytest.mark.processes

ROLES = ("auth", "gateway", "images")
SOON_S = 40
"""When the new key begins to sign, from the first step on; the roles have been started by then."""
LIMITS = {"ACCOUNT_RATE_LIMITS": '{"login": [100000, 60]}', "GATEWAY_READS_PER_MINUTE": "100000"}


class Work:
    """Reads through all roles, and sign-ins, by people who come again and again."""

    def __init__(self, split: Platform, people: int) -> None:
        self.statuses: Counter[int] = Counter()
        self._people = [split.person(f"person-{number}") for number in range(people)]
        self._over = threading.Event()

    @contextmanager
    def goes_on(self) -> Iterator[None]:
        """While the block runs."""
        threads = [threading.Thread(target=self._works, args=(one,)) for one in self._people]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join()

    def shows(self, kid: str) -> bool:
        """Whether somebody still shows a token that the key ``kid`` has signed."""
        return any(kid_in(person.token) == kid for person in self._people)

    def _works(self, person: Person) -> None:
        for number in range(10**9):
            if self._over.is_set():
                return
            # A process of each role restarts here; in a cluster another pod would answer.
            try:
                self.statuses[person.send("GET", "/api/v1/images").status] += 1
                self.statuses[person.send("GET", "/auth/profile").status] += 1
                if number % 10 == 9:
                    person.sign_in()
            except (urllib3.exceptions.HTTPError, AssertionError):
                self.statuses[0] += 1
            time.sleep(0.02)


def kid_of(person: Person) -> str:
    return kid_in(person.sign_in().token)


def kid_in(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])


def restarted(split: Platform, roles: tuple[str, ...]) -> None:
    """One role after the other has what is in its files now."""
    for role in roles:
        split.programs[role].stop()
        split.start(role)


def test_a_new_signing_key_costs_nobody_an_answer(postgresql_url: str) -> None:
    with platform(postgresql_url, roles=ROLES, extra=LIMITS) as split:
        alice = split.person("alice")
        secrets, old = split.directory / "secrets", kid_of(alice)
        work = Work(split, people=3)
        with work.goes_on():
            begun = datetime.now(UTC) - PUBLISH_AHEAD + timedelta(seconds=SOON_S)
            rotate(secrets, "signing", "begin", now=begun)
            # The role that publishes comes first here: what a verifier has fetched it keeps for
            # five minutes, for which the fifteen of a real rotation are long enough.
            restarted(split, ("auth", "gateway", "images"))
            assert kid_of(alice) == old, "it is known before it signs"
            until(lambda: kid_of(alice) != old, timeout_s=SOON_S + 30, every_s=0.2)
            switched = begun + PUBLISH_AHEAD
            rotate(secrets, "signing", "switch", now=switched)
            with pytest.raises(OutOfOrder, match="tokens that the old key signed"):
                rotate(secrets, "signing", "finish", now=switched + timedelta(minutes=59))
            # After the hour of the journal nobody holds one; here, once all have come again.
            until(lambda: not work.shows(old), timeout_s=30)
            rotate(secrets, "signing", "finish", now=switched + timedelta(hours=1))
            before = work.statuses[200]
            restarted(split, ROLES)
            until(lambda: work.statuses[200] > before + 30, timeout_s=30)
        assert kid_of(alice) != old
        # The gateway has met images while it restarted, and asks again after some seconds.
        until(lambda: alice.send("GET", "/api/v1/images").status == 200, every_s=0.2)
        assert work.statuses[401] == 0, work.statuses
        assert work.statuses[200] > 30, work.statuses

        service = split.service_token("images")
        split.programs["auth"].stop()
        restarted(split, ("gateway", "images"))
        reply = urllib3.request(
            "GET",
            f"{split.address('images')}/internal/v1/images",
            headers={
                "Authorization": f"Bearer {alice.role_token('images')}",
                "X-Service-Authorization": f"Bearer {service}",
                "X-Public-Origin": split.address("gateway"),
            },
        )
        assert reply.status == 200, "the bundled keys verify while auth is down"
        assert alice.send("GET", "/api/v1/images").status not in {200, 401}, "no service token"
        alice.token = "not-a-token"
        assert alice.send("GET", "/api/v1/images").status == 401
