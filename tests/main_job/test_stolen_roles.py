"""What a role that was taken over can do to the others through the two Redis: what is its own.

The attacks use the credentials of a running role. Each is refused, and what was attacked is as it
was for the people who use it.
"""

import base64
import json
import os
import pickle
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest
from redis import Redis
from redis.backoff import ConstantBackoff
from redis.exceptions import AuthenticationError, BusyLoadingError, NoPermissionError, ResponseError
from redis.retry import Retry

from images.apps import ImagesConfig
from platform_site import redis_users
from tests.needs import missing
from tests.servers.person import PHOTOGRAPHS, Person
from tests.servers.platform import Platform, platform
from tests.servers.redis import RedisServer, executable
from tests.waiting import until

pytestmark = pytest.mark.processes
ROLES_OF_CACHE: Final = ("auth", "gateway", "images", "worker", "admin")
ROLES_OF_BROKER: Final = ("images", "worker", "scheduler", "admin")
NOT_AUTH: Final = ("gateway", "images", "worker")
QUEUES: Final = ("interactive", "bulk", "maintenance")
DANGEROUS: Final = (
    *(("CONFIG", "GET", "*"), ("CONFIG", "SET", "dir", "/")),
    *(("FLUSHALL",), ("FLUSHDB",), ("KEYS", "*"), ("SCAN", "0"), ("RANDOMKEY",), ("DBSIZE",)),
    *(("EVAL", "return 1", "0"), ("EVALSHA", "0" * 40, "0"), ("FUNCTION", "LIST")),
    *(("SCRIPT", "FLUSH"), ("DEBUG", "SLEEP", "0"), ("MONITOR",), ("CLIENT", "LIST")),
    *(("ACL", "LIST"), ("ACL", "SETUSER", "default", "on"), ("SAVE",), ("SHUTDOWN", "NOSAVE")),
    *(("REPLICAOF", "127.0.0.1", "1"), ("MODULE", "LOAD", "/x"), ("SWAPDB", "0", "1")),
    *(("MIGRATE", "127.0.0.1", "1", "k", "0", "1"), ("RENAME", "a", "b"), ("COPY", "a", "b")),
    *(("SUBSCRIBE", "c"), ("PUBLISH", "/0.celery.pidbox", "x"), ("SORT", "a"), ("DUMP", "a")),
)


class Code:
    """Unpickling one makes a directory: the proof that code ran."""

    def __init__(self, proof: Path) -> None:
        self._proof = proof

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.mkdir, (str(self._proof),)


@pytest.fixture(scope="module")
def held(postgresql_url: str) -> Iterator[Platform]:
    """A platform whose Redis servers hold their users to what they may read and write."""
    if executable()[1] < 7:
        missing("not installed: apt-get install redis-server (version 7 or later)")
    limits = {"GATEWAY_READS_PER_MINUTE": "40"}
    with platform(postgresql_url, extra=limits, scheduler=True) as running:
        yield running


@contextmanager
def as_role(server: RedisServer, role: str) -> Iterator[Redis]:
    with Redis.from_url(server.url_of(role), driver_info=None) as redis:
        yield redis


@contextmanager
def everything(server: RedisServer) -> Iterator[Redis]:
    """With the test's own user, to see what is there."""
    with Redis.from_url(server.url) as redis:
        yield redis


def session_of(person: Person) -> str:
    claims = person.token.split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["sid"])


def revocation_of(person: Person) -> str:
    return f"revocations:1:revoked:sid:{session_of(person)}"


def refuse(redis: Redis, *command: str | int) -> None:
    """The server says NOPERM; it refuses DEBUG and MODULE to everybody before it looks."""
    with pytest.raises(ResponseError, match=r"NOPERM|no permissions|not allowed"):
        redis.execute_command(*command)  # type: ignore[no-untyped-call]


def test_code_under_a_revocation_cannot_be_written_by_others_and_is_not_run(
    held: Platform, tmp_path: Path
) -> None:
    alice, proof = held.person("alice"), tmp_path / "ran"
    key, code = revocation_of(alice), pickle.dumps(Code(proof))
    for role in NOT_AUTH:
        with as_role(held.cache, role) as redis, pytest.raises(NoPermissionError):
            redis.set(key, code, ex=60)
    with as_role(held.cache, "auth") as redis:
        redis.set(key, code, ex=60)
    answers = [alice.send("GET", path).status for path in ("/auth/profile", "/api/v1/usage")]
    assert not proof.exists()
    assert 500 not in answers


def test_an_ended_session_stays_ended(held: Platform) -> None:
    alice = held.person("alice")
    assert alice.send("POST", "/auth/logout-all").status == 204
    key = revocation_of(alice)
    attempts: tuple[tuple[str | int, ...], ...] = (
        *(("DEL", key), ("UNLINK", key), ("EXPIRE", key, 0), ("PERSIST", key)),
        *(("GETDEL", key), ("GETEX", key, "PX", 1), ("RENAME", key, "other"), ("INCR", key)),
    )
    for role in ROLES_OF_CACHE:
        with as_role(held.cache, role) as redis:
            for attempt in attempts:
                refuse(redis, *attempt)
    for role in NOT_AUTH:
        with as_role(held.cache, role) as redis, pytest.raises(NoPermissionError):
            redis.set(key, 1, px=1)
    with everything(held.cache) as redis:
        assert redis.ttl(key) > 500
    for path in ("/auth/profile", "/api/v1/usage"):
        # A role that got no answer in time from the cache goes on reading for a moment.
        deadline = time.monotonic() + 10
        while alice.send("GET", path).status != 401:
            assert time.monotonic() < deadline, path
            time.sleep(0.1)


def test_every_role_reads_whether_a_session_was_ended(held: Platform) -> None:
    alice = held.person("alice")
    assert alice.send("POST", "/auth/logout-all").status == 204
    for role in ROLES_OF_CACHE:
        with as_role(held.cache, role) as redis:
            assert redis.get(revocation_of(alice)) == b"1"


@pytest.mark.parametrize("owner", ["gateway", "auth"])
def test_the_limits_of_a_role_cannot_be_altered_by_another(held: Platform, owner: str) -> None:
    alice = held.person("alice")
    alice.send("GET", "/api/v1/usage")
    with everything(held.cache) as redis:
        (key, *_) = redis.keys(f"{owner}:1:limit:*")
        before = redis.get(key)
    admin_shares = {"admin"} if owner == "auth" else set[str]()
    for role in sorted({*ROLES_OF_CACHE} - {owner} - admin_shares):
        with as_role(held.cache, role) as redis:
            for attempt in (("SET", key, 0), ("DEL", key), ("INCR", key), ("EXPIRE", key, 0)):
                refuse(redis, *attempt)
            with pytest.raises(NoPermissionError):
                redis.get(key)
    with everything(held.cache) as redis:
        assert redis.get(key) == before


def test_the_first_answer_under_a_key_cannot_be_altered_by_another_role(held: Platform) -> None:
    alice, headers = held.person("alice"), {"Idempotency-Key": "once"}
    file = PHOTOGRAPHS / "wine-portrait-exif.jpg"
    first = alice.upload(file, headers=headers, presets="thumb")
    assert first.status == 202
    with everything(held.cache) as redis:
        (key, *_) = redis.keys("gateway:1:idempotency:*")
        assert json.loads(redis.get(key) or b"")[1] == 202
    for role in ("auth", "images", "worker", "admin"):
        with as_role(held.cache, role) as redis:
            for attempt in (("SET", key, '["", 200, {}, ""]'), ("DEL", key), ("GET", key)):
                refuse(redis, *attempt)
    again = alice.upload(file, headers=headers, presets="thumb")
    assert (again.status, again.body) == (first.status, first.body)
    assert again.headers["Idempotency-Replayed"] == "true"


def test_no_role_can_read_or_change_the_server_itself(held: Platform) -> None:
    servers = (held.cache, ROLES_OF_CACHE), (held.broker, ROLES_OF_BROKER)
    for server, roles in servers:
        for role in (*roles, "exporter", "probe"):
            with as_role(server, role) as redis:
                for command in DANGEROUS:
                    refuse(redis, *command)
    with as_role(held.broker, "keda") as redis:
        script = "return redis.call(ARGV[1], KEYS[1])"
        assert redis.eval(script, 1, "maintenance", "llen") in range(1000)
        for called in ("del", "rpop", "lpush", "get"):
            with pytest.raises(ResponseError):
                redis.eval(script, 1, "maintenance", called)
        for other in (command for command in DANGEROUS if command[0] != "EVAL"):
            refuse(redis, *other)


def test_nobody_comes_in_without_a_user_or_with_the_user_of_another_server(held: Platform) -> None:
    for server, other in ((held.cache, held.broker), (held.broker, held.cache)):
        with Redis(port=server.port) as redis, pytest.raises(AuthenticationError):
            redis.ping()
        word = other.url_of("images").replace(str(other.port), str(server.port))
        with Redis.from_url(word) as redis, pytest.raises(AuthenticationError):
            redis.ping()


def test_who_sends_to_a_queue_cannot_take_read_or_clear_it(held: Platform) -> None:
    keys = ("unacked", "unacked_index", "unacked_mutex", "_kombu.binding.interactive")
    for role in ("images", "scheduler", "admin"):
        with as_role(held.broker, role) as redis:
            for queue in QUEUES:
                for command in ("RPOP", "LPOP", "DEL"):
                    refuse(redis, command, queue)
                refuse(redis, "BRPOP", queue, 1)
                refuse(redis, "LRANGE", queue, 0, -1)
                refuse(redis, "LTRIM", queue, 1, 0)
                refuse(redis, "LSET", queue, 0, "x")
                refuse(redis, "RPUSH", queue, "x")
                refuse(redis, "LMOVE", queue, "mine", "LEFT", "RIGHT")
            for key in keys:
                for command in ("DEL", "HGETALL", "SMEMBERS"):
                    refuse(redis, command, key)
                refuse(redis, "HSET", key, "a", "b")


def test_what_a_worker_has_in_hand_outlives_a_restart_of_the_broker() -> None:
    """Redis replays a transaction with the rights of its default user, which nobody can use."""
    server = RedisServer()
    server.users_give("broker", dict.fromkeys(redis_users.BROKER, "a word of the test"))
    server.start()
    try:
        with as_role(server, "worker") as redis, redis.pipeline() as pipe:
            pipe.zadd("unacked_index", {"tag": 1})
            pipe.hset("unacked", "tag", "message")
            pipe.execute()
        server.stop()
        server.start()
        retry = Retry(ConstantBackoff(0.1), 100, supported_errors=(BusyLoadingError,))
        with Redis.from_url(server.url_of("worker"), driver_info=None, retry=retry) as redis:
            assert redis.hget("unacked", "tag") == b"message"
    finally:
        server.stop()


def test_the_scheduler_sends_to_its_own_queue_only(held: Platform) -> None:
    with as_role(held.broker, "scheduler") as redis:
        for queue in ("interactive", "bulk"):
            with pytest.raises(NoPermissionError):
                redis.lpush(queue, "x")
            with pytest.raises(NoPermissionError):
                redis.llen(queue)


def test_a_message_that_is_none_of_ours_stops_no_worker(held: Platform, tmp_path: Path) -> None:
    proof = tmp_path / "ran"
    code = base64.b64encode(pickle.dumps(Code(proof))).decode()
    form = {"content-encoding": "binary", "content-type": "application/x-python-serialize"}
    properties = {"body_encoding": "base64", "delivery_tag": str(uuid4())}
    properties |= {"delivery_info": {"exchange": "", "routing_key": "interactive"}}  # type: ignore[dict-item]
    headers = {"task": "images.render", "id": str(uuid4())}
    pickled = {"body": code, "headers": headers, "properties": properties, **form}
    hostile: tuple[bytes | str, ...] = (
        *(b"\x80\x04", "", "{}", "[]", "null", '{"properties": {}}', "\x00" * 100_000),
        json.dumps(pickled),
        json.dumps({**pickled, "headers": {**headers, "task": "os.system"}}),
    )
    with as_role(held.broker, "images") as redis:
        for message in hostile:
            redis.lpush("interactive", message)
    with as_role(held.broker, "scheduler") as redis:
        redis.lpush("maintenance", json.dumps(pickled))
    alice = held.person("alice")
    uploaded = alice.upload(PHOTOGRAPHS / "mountains.jpg", presets="thumb").json
    assert alice.job_ended(uploaded["job"]["id"])["state"] == "succeeded"
    worker = held.programs["worker"]
    told = [event["reason"] for event in worker.events() if event.get("event") == "message_refused"]
    assert len(told) >= len(hostile)
    assert not proof.exists()
    assert worker.process is not None
    assert worker.process.poll() is None
    assert "Connection to broker lost" not in worker.words()


def test_in_ordinary_work_no_role_asks_for_what_it_may_not(held: Platform) -> None:
    alice = held.person("alice")
    for server in (held.cache, held.broker):
        with everything(server) as redis:
            redis.acl_log_reset()
    uploaded = alice.upload(PHOTOGRAPHS / "mountains.jpg", presets="thumb").json
    assert alice.job_ended(uploaded["job"]["id"])["state"] == "succeeded"
    until(lambda: alice.send("GET", "/api/v1/status").status == 200)  # a role may be busy
    assert alice.send("POST", "/auth/logout-all").status == 204
    held.programs["worker"].stop()
    held.start("worker")
    for server in (held.cache, held.broker):
        with everything(server) as redis:
            assert redis.acl_log() == []


def test_the_users_are_those_of_the_roles_and_their_observers() -> None:
    observers = {"exporter", "probe"}
    assert set(redis_users.CACHE) == {*ROLES_OF_CACHE, *observers}
    assert set(redis_users.BROKER) == {*ROLES_OF_BROKER, *observers, "keda"}
    assert ImagesConfig.queues == QUEUES
    sent = {due.queue for due in ImagesConfig.periodic.values()}
    assert redis_users.queues_scheduled() == sent
