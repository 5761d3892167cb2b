"""Limits of guesses, counted by four processes at once in the shared cache."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.servers.processes import ROOT
from tests.servers.redis import RedisServer

EXACT = (
    "register", "register_tries", "login", "login_accounts", "password", "second_step",
    "factor_challenge", "factor_code", "factor_code_day", "api_keys", "password_reset",
    "password_reset_tries", "link", "mailbox", "sso",
)  # fmt: skip
"""Every limit of a guess, or of what one must not do often, but the two whose waits grow."""

CHILD = """
import json, sys, threading
import django
django.setup()
from django.conf import settings
settings.CACHES = {"default": {
    "BACKEND": "platform_site.json_cache.SharedCache", "LOCATION": sys.argv[1]}}
from accounts import login_tries, rate_limits, selectors
from accounts.login_tries import login_try_count
login_tries.FIRST_WAIT_S = 200
selectors.addresses_of_user = lambda **_: set()  # no database here
own = int(sys.argv[2])
at_once = [p for p in vars(rate_limits).values() if isinstance(p, rate_limits.Policy)
    and p.uncounted == "refuse" and p.scope not in ("login_account", "login_slowed")]
settings.ACCOUNT_RATE_LIMITS = {p.scope: (40, 30 * 86400) for p in at_once}

def at_one_account(email, address):
    return login_try_count(email=email, user=None, address=address).decision.allowed

def tries(number):
    alone = at_one_account("alice@example.com", "2001:db8::%x" % (own * 25 + number))
    networks = [at_one_account("bob@example.com", f"198.51.{own}.{number}") for _ in range(5)]
    return alone, sum(networks), [p.count("one key").allowed for p in at_once]

begin = threading.Barrier(26)
told = []
def run(number):
    begin.wait()
    told.append(tries(number))
threads = [threading.Thread(target=run, args=(number,)) for number in range(25)]
for thread in threads: thread.start()
print("ready", flush=True)
sys.stdin.readline()
begin.wait()
for thread in threads: thread.join()
alone, networks, doors = zip(*told)
by_door = dict(zip([p.scope for p in at_once], [sum(column) for column in zip(*doors)]))
print(json.dumps([sum(alone), sum(networks), by_door]))
"""


def test_four_processes_count_a_hundred_parallel_tries_as_one(redis: RedisServer) -> None:
    children = [
        subprocess.Popen(
            [sys.executable, "-c", CHILD, redis.url, str(number)],
            env={
                "PATH": "/usr/bin:/bin",
                "DJANGO_SETTINGS_MODULE": "platform_site.settings.test_embedded",
                "PYTHONPATH": str(ROOT),
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(4)
    ]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    told = [json.loads(child.communicate("go\n", timeout=60)[0]) for child in children]
    alone, networks = (sum(one[place] for one in told) for place in (0, 1))
    assert alone == 10, "by account and network: all of them are one /64"
    assert 300 <= networks <= 330, "by account: three for each network, and thirty before"
    together: Counter[str] = sum((Counter(one[2]) for one in told), Counter())
    assert together == Counter(dict.fromkeys(EXACT, 40))


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    server = RedisServer()
    server.start()
    yield server
    server.stop()
