"""What one core of auth does: sign-ins, service tokens, renewals, introspections, verified reads.

Beside them stock Django with DRF and simplejwt, in turn. Run ``python -m bench accounts``.
"""

import argparse
import base64
import json
import os
import platform as machine
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

from bench import reports
from bench.cpu import busy_seconds, pin
from bench.load import CONNECTIONS
from bench.peers.reading import PeerRead, stock_ready
from bench.reads import Cores, Sample, sample
from bench.served import POSTGRESQL, Read, Served, served
from bench.spread import ratios, spread
from bench.storm import Storm, storm, storm_row, storm_verdicts
from bench.verdict import Verdict
from tests.servers.person import PASSWORD

SIGN_INS_AT_ONCE: Final = 2
"""More would wait for the bound on hashes and be refused.

Bare hashes are as many at once: two on one core empty its caches for each other.
"""
LEAST_RATES: Final = {"auth/refresh": 600.0, "auth/service token": 1000.0}
"""A second on one core of auth; the database has another."""
LEAST_PROFILE: Final = 1.5
LEAST_VERIFICATION: Final = 5.0
MOST_SIGN_IN: Final = 1.2
DEPLOYED: Final = {"WEB_THREADS": "16", "MALLOC_ARENA_MAX": "2"}
"""As the manifests and the image have it: hashes, and who waits for one, hold ten threads."""
TIMED: Final = 300
HASHES: Final = 30
UNDISTURBED: Final = 0.1
"""Of the core that answers: what the kernel itself does for its sockets is some of it."""
TRIES: Final = 2


def ours(now: Served) -> list[Read]:
    """What is asked of auth, with tokens that have just been issued; first of all sign-ins."""
    base = now.split.address("auth")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    secret = now.split.material.gateway()["service-client-secret"]
    basic = base64.b64encode(f"gateway:{secret}".encode()).decode()
    sign_in = {"email": now.alice.email, "password": PASSWORD, "mode": "token"}
    grant = {"grant_type": "client_credentials", "audience": "images"}
    named = {read.name: read for read in now.reads()}
    return [
        Read("auth/sign-in", f"{base}/auth/login", {"Content-Type": "application/json"}, ("auth",),
             [json.dumps(sign_in)]),
        Read("auth/service token", f"{base}/internal/v1/token",
             {**form, "Authorization": f"Basic {basic}"}, ("auth",), [urlencode(grant)]),
        now.refresh(CONNECTIONS),
        named["auth/introspect"],
        named["auth/profile"],
    ]  # fmt: skip


def cpu_ms(work: Callable[[], object], times: int) -> float:
    """Processor milliseconds of one ``work`` in this process."""
    begun = time.process_time()
    for _ in range(times):
        work()
    return 1000 * (time.process_time() - begun) / times


def bare_timers() -> Mapping[str, Callable[[], float]]:
    """What is timed in this process, in milliseconds: a bare hash, and tokens verified.

    By a role (again, as nearly always, and at first sight) and by simplejwt.
    """
    import django  # noqa: PLC0415 - the harness itself needs no applications

    django.setup()
    from django.contrib.auth.hashers import make_password  # noqa: PLC0415 - after the set-up
    from rest_framework_simplejwt.tokens import AccessToken  # noqa: PLC0415 - likewise

    from accounts.models import User  # noqa: PLC0415 - likewise
    from accounts.tokens import access_token_issue  # noqa: PLC0415 - likewise
    from platform_site.kit.auth.tokens import verify_user_token  # noqa: PLC0415 - likewise
    from platform_site.kit.identifiers import uuid7  # noqa: PLC0415 - likewise

    alice = User(email="alice@example.com")

    def issued() -> str:
        return access_token_issue(user=alice, session_id=uuid7())

    def first_sight() -> float:
        fresh = iter([issued() for _ in range(TIMED)])
        return cpu_ms(lambda: verify_user_token(next(fresh), audience="auth"), TIMED)

    raw = issued()
    stock = AccessToken()
    stock["user_id"] = "1"
    stock.set_exp(lifetime=timedelta(hours=1))
    theirs: Any = str(stock)

    def hashes() -> float:
        with ThreadPoolExecutor(SIGN_INS_AT_ONCE) as threads:
            begun = time.process_time()
            list(threads.map(lambda _: make_password(PASSWORD, hasher="argon2"), range(HASHES)))
            return 1000 * (time.process_time() - begun) / HASHES

    return {
        "hash": hashes,
        "ours": lambda: cpu_ms(lambda: verify_user_token(raw, audience="auth"), TIMED),
        "ours at first sight": first_sight,
        "stock": lambda: cpu_ms(lambda: AccessToken(theirs), TIMED),
    }


def timed_on(cores: Cores, timers: Mapping[str, Callable[[], float]]) -> dict[str, float]:
    """Each of ``timers`` on the core of the programs that answer, which have nothing to do.

    The time of which others had least of the core, as in `undisturbed`.
    """
    os.sched_setaffinity(0, cores.answering)
    try:
        return {name: _timed(cores, timer) for name, timer in timers.items()}
    finally:
        os.sched_setaffinity(0, cores.others)


def _timed(cores: Cores, timer: Callable[[], float]) -> float:
    found: list[tuple[float, float]] = []
    while len(found) < TRIES and not (found and found[-1][0] < UNDISTURBED):
        others, own_s = Others(cores), time.process_time()
        ms = timer()
        found.append((others.share(time.process_time() - own_s), ms))
    return min(found)[1]


class Others:
    """What programs of others take of the core that answers, from now on."""

    def __init__(self, cores: Cores) -> None:
        self._cores = sorted(cores.answering)
        self._began, self._busy = time.monotonic(), self._busy_s()

    def share(self, own_s: float) -> float:
        """Their part of the time since, where our own programs took ``own_s``."""
        busy_s = self._busy_s() - self._busy
        return max(0.0, busy_s - own_s) / (time.monotonic() - self._began)

    def _busy_s(self) -> float:
        return sum(map(busy_seconds, self._cores))


def compare(*, rounds: int, seconds: float) -> dict[str, Any]:
    """Everything in turn, round after round."""
    start = time.monotonic()
    cores = Cores.divided()
    timers = bare_timers()
    os.sched_setaffinity(0, cores.others)
    samples: dict[str, list[Sample]] = {}
    bare: dict[str, list[float]] = {}
    shares: list[float] = []
    storms: list[Storm] = []
    with served(images=2, extra=DEPLOYED) as now, stock_ready(now) as peers:
        database = now.postgresql_pid()
        behind = {} if database is None else {POSTGRESQL: database}
        stock = [one for one in peers if one.read.name == "stock/profile"]
        for pid in (now.pid("auth"), *(one.pids["stock"] for one in stock)):
            pin(pid, cores.answering)
        for turn in range(-1, rounds):  # the first one warms up
            timed = timed_on(cores, timers)
            if turn >= 0:
                for name, ms in timed.items():
                    bare.setdefault(name, []).append(ms)
            asked = [*(PeerRead(read, {"auth": now.pid("auth")}) for read in ours(now)), *stock]
            for one in asked:
                many = SIGN_INS_AT_ONCE if one.read.name == "auth/sign-in" else CONNECTIONS
                share, taken = undisturbed(
                    now,
                    one.read,
                    {**one.pids, **behind},
                    seconds=seconds,
                    cores=cores,
                    connections=many,
                )
                if turn >= 0:
                    samples.setdefault(one.read.name, []).append(taken)
                    shares.append(share)
            if turn >= 0:
                storms.append(storm(now, asked[0].read, seconds=seconds, cores=cores))
    rows = {name: _row(taken) for name, taken in samples.items()}
    stormy = storm_row(storms)
    hashes = zip(samples["auth/sign-in"], bare["hash"], strict=True)
    beside = {
        "sign-in over a bare hash": spread([one.roles_ms / ms for one, ms in hashes], 2),
        "profile over stock": ratios(
            [one.roles_ms for one in samples["stock/profile"]],
            [one.roles_ms for one in samples["auth/profile"]],
        ),
        "verification over stock": ratios(bare["stock"], bare["ours"]),
        "verification at first sight over stock": ratios(
            bare["stock"], bare["ours at first sight"]
        ),
    }
    return {
        "python": machine.python_version(),
        "cores": os.cpu_count(),
        "connections": CONNECTIONS,
        "rounds": rounds,
        "load_average": round(os.getloadavg()[1], 1),
        "others_on_the_core": spread(shares, 2),
        "units": rows,
        "bare_ms": {name: spread(values) for name, values in bare.items()},
        "beside": beside,
        "storm": stormy,
        "missing": {},
        "targets": [asdict(one) for one in (*verdicts(rows, beside), *storm_verdicts(stormy))],
        "took_s": round(time.monotonic() - start, 1),
    }


def undisturbed(
    now: Served,
    read: Read,
    pids: Mapping[str, int],
    *,
    seconds: float,
    cores: Cores,
    connections: int,
) -> tuple[float, Sample]:
    """The sample in which others had least of the core that answers, and their share of it.

    Of up to `TRIES`; one with less than `UNDISTURBED` will do. Others make every request dearer,
    for they empty the caches.
    """
    found: list[tuple[float, Sample]] = []
    while len(found) < TRIES and not (found and found[-1][0] < UNDISTURBED):
        if found and read.follow:  # its tokens are used up
            read = now.refresh(connections)
        others = Others(cores)
        taken = sample(read, pids, seconds=seconds, cores=cores, connections=connections)
        found.append((others.share(taken.roles_ms * taken.outcome.requests / 1000), taken))
    return min(found, key=lambda one: one[0])


def _row(taken: Sequence[Sample]) -> dict[str, Any]:
    """One unit: processor milliseconds by program, and how many one core of the role does."""
    return {
        "cpu_ms": {name: spread([one.cpu_ms[name] for one in taken]) for name in taken[0].cpu_ms},
        "of_one_core": spread([1000 / one.roles_ms for one in taken], 0),
    }


def verdicts(rows: Mapping[str, Any], beside: Mapping[str, Any]) -> list[Verdict]:
    """Every target."""
    rates = [
        Verdict(f"{name}: a second on one core", f"≥ {least:,.0f}", f"{found:,.0f}", found >= least)
        for name, least in LEAST_RATES.items()
        for found in [rows[name]["of_one_core"]["median"]]
    ]
    most, times = beside["sign-in over a bare hash"]["median"], "{:.2f} ×".format
    rates.append(
        Verdict("sign-in: processor time over a bare Argon2id", f"≤ {MOST_SIGN_IN} ×",
                times(most), most <= MOST_SIGN_IN)
    )  # fmt: skip
    for what, least in (("profile", LEAST_PROFILE), ("verification", LEAST_VERIFICATION)):
        found = beside[f"{what} over stock"]["median"]
        rates.append(
            Verdict(f"{what}: times less processor time than stock DRF and simplejwt",
                    f"≥ {least}", times(found), found >= least)
        )  # fmt: skip
    return rates


def main() -> int:
    """Take the options of the command line; 0 when every target is met."""
    is_quick = reports.is_quick()
    parser = argparse.ArgumentParser(prog="python -m bench accounts", description=__doc__)
    parser.add_argument("--rounds", type=int, default=2 if is_quick else 5, help="of each")
    parser.add_argument("--seconds", type=float, default=0.5 if is_quick else 2.0, help="of each")
    asked = parser.parse_args()
    report = compare(rounds=asked.rounds, seconds=asked.seconds)
    reports.write("accounts", report)
    for name, row in report["units"].items():
        print(f"{name:20} {row['of_one_core']['median']:8,.0f}/s of one core")
    return 0 if reports.verdict_show(report) else 1


if __name__ == "__main__":
    sys.exit(main())
