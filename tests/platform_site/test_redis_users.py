"""Rules are written out for the queues that the installed apps offer."""

import pytest

from images.apps import ImagesConfig
from platform_site import redis_users

WORDS = dict.fromkeys({*redis_users.CACHE, *redis_users.BROKER}, "a word of the test")


def patterns(rule: str, rights: str) -> list[str]:
    """The keys that ``rule`` grants ``rights`` to."""
    return [word.partition("~")[2] for word in rule.split() if word.startswith(f"{rights}~")]


def test_who_sends_may_write_to_every_queue_and_read_none() -> None:
    rule = redis_users.rules("broker")["images"]
    assert patterns(rule, "%W") == list(ImagesConfig.queues)
    assert patterns(rule, "") == patterns(rule, "%R") == []


def test_the_scheduler_reaches_the_queues_of_what_is_due_and_no_other() -> None:
    due = {task.queue for task in ImagesConfig.periodic.values()}
    assert redis_users.queues_scheduled() == due
    assert patterns(redis_users.rules("broker")["scheduler"], "%W") == sorted(due)


def test_the_worker_has_its_own_keys_beside_the_queues() -> None:
    rule = redis_users.rules("broker")["worker"]
    own = ["unacked", "unacked_index", "unacked_mutex"]
    assert patterns(rule, "") == [*ImagesConfig.queues, *own]


@pytest.mark.parametrize("server", redis_users.USERS)
def test_no_placeholder_is_left_and_no_password_is_written(server: str) -> None:
    lines = redis_users.acl_file(server, WORDS).splitlines()
    assert [line.split()[1] for line in lines] == ["default", *redis_users.USERS[server]]
    assert not [line for line in lines if "<" in line or "word of the test" in line]


def test_the_admin_shares_the_counts_of_auth_and_everybody_has_a_prefix() -> None:
    assert redis_users.cache_prefix("admin") == redis_users.cache_prefix("auth") == "auth"
    assert (redis_users.cache_prefix("images"), redis_users.cache_prefix("")) == (
        "images",
        "platform",
    )
