"""A cache that gives no answer is known to be lost, and is then not asked again and again."""

import pytest
from redis.exceptions import TimeoutError as RedisTimeoutError

from platform_site.kit import shared_cache
from platform_site.kit.shared_cache import CacheUnavailable, query


def lost() -> str:
    raise RedisTimeoutError


def test_the_result_of_the_command_is_given() -> None:
    assert query(lambda: "value") == "value"
    assert query(lambda: None) is None


@pytest.mark.parametrize("error", [RedisTimeoutError(), ConnectionResetError()])
def test_no_answer_is_one_exception_for_every_caller(error: Exception) -> None:
    def fails() -> None:
        raise error

    with pytest.raises(CacheUnavailable) as caught:
        query(fails)
    assert caught.value.__cause__ is error


def test_a_lost_cache_is_not_waited_for_by_every_caller() -> None:
    asked: list[str] = []
    while not shared_cache.breaker.is_open:
        with pytest.raises(CacheUnavailable):
            query(lost)
    with pytest.raises(CacheUnavailable):
        query(lambda: asked.append("a command"))
    assert asked == []


def test_a_mistake_of_the_caller_is_no_outage() -> None:
    def mistake() -> None:
        raise KeyError

    with pytest.raises(KeyError):
        query(mistake)
    assert query(lambda: "value") == "value"
