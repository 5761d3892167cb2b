"""The transport's lock needs no script, and a message that is not accepted is never handed out."""

from collections.abc import Iterator

import pytest

from platform_site.kit.tasks.redis_broker import Channel, Client, ScriptlessLock
from tests.servers.redis import RedisServer, any_redis

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    server = any_redis()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def client(server: RedisServer) -> Iterator[Client]:
    client = Client.from_url(server.url)
    assert isinstance(client, Client)
    yield client
    client.close()


def test_a_lock_is_given_back_without_a_script(client: Client) -> None:
    lock = client.lock("test-lock", timeout=30)
    assert isinstance(lock, ScriptlessLock)
    assert lock.acquire(blocking=False)
    assert not client.lock("test-lock").acquire(blocking=False)
    lock.release()
    assert client.exists("test-lock") == 0
    statistics = client.info("commandstats")
    assert not [name for name in statistics if "eval" in name or "script" in name]


def test_a_lock_that_has_run_out_is_left_to_its_next_holder(client: Client) -> None:
    lock = client.lock("test-lock", timeout=30)
    lock.acquire()
    client.set("test-lock", "of somebody else")
    lock.do_release(lock.local.token)
    assert client.get("test-lock") == b"of somebody else"
    client.delete("test-lock")


def test_what_is_no_message_of_ours_is_taken_out_and_dropped(client: Client) -> None:
    client.lpush("bulk", b"not a message")
    assert client.brpop("bulk", 1) is None
    assert client.llen("bulk") == 0


def test_a_queue_is_found_by_its_name_alone() -> None:
    channel = Channel.__new__(Channel)  # a connection is not needed to look a name up
    assert channel._lookup("any exchange", "bulk") == ["bulk"]
    assert channel._has_queue("never heard of") is True
