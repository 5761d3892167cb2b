"""What a role that was taken over can do to the others through what they share."""

import base64
import json
import os
import pickle
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from tests.servers.person import Person
from tests.servers.platform import Platform

pytestmark = pytest.mark.processes


class Written:
    """Unpickling one makes a directory: the proof that code ran."""

    def __init__(self, proof: Path) -> None:
        self._proof = proof

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.mkdir, (str(self._proof),)


def session_of(person: Person) -> str:
    claims = person.token.split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["sid"])


def test_code_in_the_shared_cache_is_not_run(split: Platform, tmp_path: Path) -> None:
    alice, proof = split.person("alice"), tmp_path / "ran"
    with Redis.from_url(split.cache.url) as redis:
        key = f"revocations:1:revoked:sid:{session_of(alice)}"
        redis.set(key, pickle.dumps(Written(proof)), ex=60)
    answers = [alice.send("GET", path).status for path in ("/auth/profile", "/api/v1/usage")]
    assert not proof.exists(), answers
    assert 500 not in answers
