"""Kombu's Redis transport with fewer rights: no scripts, bindings or broadcasts; checked messages.

Every queue is found by its own name, so there is no table of bindings that one role could write and
another follow, and nobody listens to events or remote control. See `platform_site.redis_users`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from kombu.transport import redis
from redis import Redis
from redis.client import Pipeline
from redis.exceptions import ConnectionError as BrokerLost
from redis.lock import Lock
from redis.maint_notifications import MaintNotificationsConfig

from platform_site.kit.tasks import messages


class ScriptlessLock(Lock):
    """A lock that is given back by a transaction, where redis-py runs a script."""

    def register_scripts(self) -> None:
        """None is needed."""

    def do_release(self, expected_token: Any) -> None:
        """Delete the key if it is still ours; if not, the next holder has it."""

        def release(pipe: Pipeline) -> None:
            held = pipe.get(self.name)
            pipe.multi()
            if held == expected_token:
                pipe.delete(self.name)

        self.redis.transaction(release, self.name)


class Client(Redis):
    """The connection of a channel."""

    def lock(self, *arguments: Any, **options: Any) -> Lock:
        """Kombu asks for one while it looks for messages that nobody acknowledged."""
        lock: Lock = super().lock(*arguments, **{**options, "lock_class": ScriptlessLock})
        return lock

    def parse_response(self, connection: Any, command_name: str, **options: Any) -> Any:
        """A message that is not accepted is none: the queue was empty."""
        reply: Any = super().parse_response(  # type: ignore[no-untyped-call]
            connection, command_name, **options
        )
        if command_name == "BRPOP" and reply:
            queue, raw = reply
            return reply if messages.is_accepted(raw, queue.decode()) else None
        return reply


class QoS(redis.QoS):
    """Counts what is in hand.

    While a message is in hand nothing is read, so nobody else would notice a broker that went away
    meanwhile: an acknowledgement that got lost would stop the worker for ever.
    """

    _lost: Exception | None = None

    def ack(self, delivery_tag: str) -> None:
        """Acknowledge the message."""
        with self._noticing():
            super().ack(delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:  # noqa: FBT001, FBT002
        """Give the message back, or drop it."""
        with self._noticing():
            super().reject(delivery_tag, requeue=requeue)

    def can_consume(self) -> bool:
        """Asked at each turn of the loop, which connects anew when this raises."""
        if self._lost is not None:
            raise BrokerLost("The broker went away with a message in hand.") from self._lost
        return bool(super().can_consume())

    @contextmanager
    def _noticing(self) -> Iterator[None]:
        try:
            yield
        except self.channel.connection_errors as exc:  # type: ignore[attr-defined]
            self._lost = exc
            raise


class Channel(redis.Channel):
    """A channel whose queues need no binding."""

    QoS = QoS
    priority_steps = [0]  # a list a queue

    def _get_client(self) -> Callable[..., Redis]:
        return Client

    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002
        return {
            **super()._connparams(asynchronous=asynchronous),  # type: ignore[misc]  # unknown to stubs
            "driver_info": None,  # CLIENT SETINFO, which no user of ours may call
            "maint_notifications_config": MaintNotificationsConfig(enabled=False),  # likewise
        }

    def _lookup(
        self,
        exchange: str,  # noqa: ARG002 - kombu's signature
        routing_key: str,
        default: str | None = None,  # noqa: ARG002
    ) -> list[str]:
        return [routing_key]

    def _has_queue(self, queue: str, **_options: Any) -> bool:  # noqa: ARG002 - kombu's signature
        return True  # Redis has no empty lists; one that waits for messages is one all the same

    def _queue_bind(self, *_binding: Any) -> None:
        """A queue is found by its name."""

    def _put_fanout(self, *_message: Any, **_options: Any) -> None:
        """Nobody listens."""


class Transport(redis.Transport):
    """The transport that uses it; named in `platform_site.settings.parts.broker`."""

    Channel = Channel
