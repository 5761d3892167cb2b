"""accounts/services/unannounced.py: told once the deny list answers, while it still counts."""

import threading
from typing import Any
from uuid import UUID, uuid4

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from accounts.services import unannounced
from accounts.services.unannounced import Unannounced
from tests.waiting import until


class DenyList:
    """Gives no answer until it is ``up``."""

    def __init__(self) -> None:
        self.up = threading.Event()
        self.asked = 0
        self.told: dict[UUID, int] = {}

    def revoke(self, *, session_id: UUID, ttl_s: int) -> None:
        self.asked += 1
        if not self.up.is_set():
            raise RedisConnectionError
        self.told[session_id] = ttl_s


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unannounced, "AGAIN_S", 0.01)


def over(announcing: Unannounced) -> bool:
    state: Any = vars(announcing)
    return state["_thread"] is None and not state["_until"]


def test_each_is_told_once_when_the_deny_list_is_back() -> None:
    deny_list = DenyList()
    announcing = Unannounced(revoke=deny_list.revoke)
    ids = [uuid4() for _ in range(3)]
    announcing.add(ids[:2], ttl_s=600)
    announcing.add(ids[2:], ttl_s=600)
    until(lambda: deny_list.asked > 2)
    assert deny_list.told == {}
    deny_list.up.set()
    until(lambda: over(announcing))
    assert set(deny_list.told) == set(ids)
    assert set(deny_list.told.values()) <= {599, 600, 601}
    announcing.add([one := uuid4()], ttl_s=60)
    until(lambda: over(announcing))
    assert one in deny_list.told


def test_what_has_expired_meanwhile_is_told_no_more() -> None:
    deny_list = DenyList()
    announcing = Unannounced(revoke=deny_list.revoke)
    announcing.add([uuid4()], ttl_s=0)
    until(lambda: over(announcing))
    assert deny_list.told == {}


def test_it_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unannounced, "MOST", 5)
    deny_list = DenyList()
    announcing = Unannounced(revoke=deny_list.revoke)
    for _ in range(4):
        announcing.add([uuid4(), uuid4()], ttl_s=600)
    deny_list.up.set()
    until(lambda: over(announcing))
    assert len(deny_list.told) <= 5
