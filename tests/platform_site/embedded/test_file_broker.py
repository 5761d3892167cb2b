import json
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection, Consumer, Exchange, Producer, Queue

from platform_site.embedded.file_broker import Transport

NAMES = ("interactive", "bulk")


def options(directory: Path) -> dict[str, Any]:
    for name in ("queue", "control"):
        (directory / name).mkdir(exist_ok=True)
    return {
        "data_folder_in": str(directory / "queue"),
        "data_folder_out": str(directory / "queue"),
        "control_folder": str(directory / "control"),
        "polling_interval": 0.005,
    }


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    with connect(tmp_path) as connection:
        yield connection


def connect(directory: Path) -> Connection:
    return Connection(
        "filesystem://localhost/", transport=Transport, transport_options=options(directory)
    )


def channel(connection: Connection) -> Any:
    return connection.channel()


def drain(channel: Any, queue: str) -> list[int]:
    found = []
    while True:
        try:
            found.append(channel._get(queue)["number"])
        except Empty:
            return found


def test_messages_come_in_the_order_in_which_they_were_sent(connection: Connection) -> None:
    chan = channel(connection)
    for number in range(300):
        chan._put("bulk", {"number": number})
    assert chan._size("bulk") == 300
    assert drain(chan, "bulk") == list(range(300))


def test_queues_are_apart(connection: Connection) -> None:
    chan = channel(connection)
    chan._put("interactive", {"number": 1})
    chan._put("bulk", {"number": 2})
    assert (chan._size("interactive"), chan._size("bulk")) == (1, 1)
    assert drain(chan, "bulk") == [2]
    assert drain(chan, "interactive") == [1]


def test_a_message_is_whole_when_it_is_seen(tmp_path: Path) -> None:
    """The reader looks as often as it can, at messages that take a while to write."""
    count, body = 150, "x" * 200_000
    found: list[tuple[int, int]] = []
    sent = threading.Event()

    def write() -> None:
        with connect(tmp_path) as connection:
            chan = channel(connection)
            for number in range(count):
                chan._put("bulk", {"number": number, "body": body})
        sent.set()

    writer = threading.Thread(target=write)
    with connect(tmp_path) as connection:
        chan = channel(connection)
        writer.start()
        while len(found) < count:
            try:
                message = chan._get("bulk")
            except Empty:
                assert not sent.is_set() or chan._size("bulk")
                continue
            found.append((message["number"], len(message["body"])))
    writer.join()
    assert found == [(number, 200_000) for number in range(count)]
    assert list((tmp_path / "queue").iterdir()) == []


def test_nothing_is_kept_of_what_was_read(
    connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "temporary"
    elsewhere.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(elsewhere))
    chan = channel(connection)
    for number in range(3):
        chan._put("bulk", {"number": number})
    assert drain(chan, "bulk") == [0, 1, 2]
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_a_killed_reader_had_in_hand_is_not_read_again(
    connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(_claimed: Path) -> bytes:
        raise KeyboardInterrupt

    chan = channel(connection)
    for number in range(2):
        chan._put("bulk", {"number": number})
    with monkeypatch.context() as death:
        death.setattr(Path, "read_bytes", die)
        with pytest.raises(KeyboardInterrupt):
            chan._get("bulk")
    assert chan._size("bulk") == 1
    assert drain(chan, "bulk") == [1]


def test_what_was_taken_and_not_acknowledged_comes_back_when_the_reader_ends(
    tmp_path: Path,
) -> None:
    queue = Queue("bulk", Exchange("work", type="direct"), routing_key="bulk")
    with connect(tmp_path) as connection:
        with Producer(connection) as producer:
            producer.publish(
                {"number": 1}, exchange=queue.exchange, routing_key="bulk", declare=[queue]
            )
        taken: list[Any] = []
        with Consumer(connection, [queue], callbacks=[lambda *message: taken.append(message)]):
            connection.drain_events(timeout=10)
        assert (len(taken), channel(connection)._size("bulk")) == (1, 0)
    with connect(tmp_path) as connection:
        assert channel(connection)._size("bulk") == 1


def test_an_unfinished_message_is_not_seen(
    connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(_unfinished: Path, _target: Path) -> None:
        raise KeyboardInterrupt

    chan = channel(connection)
    with monkeypatch.context() as death:
        death.setattr(Path, "replace", die)
        with pytest.raises(KeyboardInterrupt):
            chan._put("bulk", {"number": 1})
    (left,) = (tmp_path / "queue").iterdir()
    assert json.loads(left.read_text()) == {"number": 1}
    assert chan._size("bulk") == 0
    assert drain(chan, "bulk") == []
    assert chan._purge("bulk") == 0


def test_two_readers_take_each_message_once(tmp_path: Path) -> None:
    with connect(tmp_path) as connection:
        chan = channel(connection)
        for number in range(200):
            chan._put("bulk", {"number": number})
    taken: list[list[int]] = [[], []]

    def read(mine: list[int]) -> None:
        with connect(tmp_path) as connection:
            mine += drain(channel(connection), "bulk")

    readers = [threading.Thread(target=read, args=(mine,)) for mine in taken]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert sorted(taken[0] + taken[1]) == list(range(200))


def test_a_consumer_gets_what_a_producer_sent(connection: Connection) -> None:
    exchange = Exchange("work", type="direct")
    queue = Queue("interactive", exchange, routing_key="interactive")
    heard: list[Any] = []
    with Producer(connection) as producer:
        for number in range(3):
            producer.publish(
                {"job": number}, exchange=exchange, routing_key="interactive", declare=[queue]
            )

    def hear(body: Any, message: Any) -> None:
        heard.append(body)
        message.ack()

    with Consumer(connection, [queue], callbacks=[hear]):
        while len(heard) < 3:
            connection.drain_events(timeout=10)
    assert heard == [{"job": 0}, {"job": 1}, {"job": 2}]
