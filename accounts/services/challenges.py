"""Challenges: sealed texts that a client carries from one step of a proof to the next.

Each is for one purpose and what it is bound to, expires, and is good once.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.errors import ChallengeInvalid
from accounts.models import SpentChallenge
from accounts.secret_keys import SealBrokenError, opened, sealed
from accounts.services.batches import rows_remove
from platform_site.kit.identifiers import uuid7

LIFETIME_S: Final = 300
Purpose = Literal[
    "second_step",
    "passkey.add",
    "passkey.sign_in",
    "passkey.second_step",
    "passkey.reauthenticate",
    "passkey.admin_sign_in",
]


@dataclass(frozen=True, slots=True, repr=False)
class Challenge:
    """One that was opened; ``members`` are what was sealed with it."""

    id: UUID
    expires_at: datetime
    members: Mapping[str, Any]


def challenge_seal(purpose: Purpose, *, bound_to: str = "", **members: Any) -> str:
    """A new challenge for ``purpose``, which only who names ``bound_to`` can answer."""
    content = {
        "id": uuid7().hex,
        "bound_to": bound_to,
        "until": int(time.time()) + LIFETIME_S,
        "members": members,
    }
    return sealed(f"challenge.{purpose}", json.dumps(content).encode())


def challenge_open(purpose: Purpose, text: str, *, bound_to: str = "") -> Challenge:
    """What was sealed as ``text``. Raises `ChallengeInvalid`."""
    try:
        content = json.loads(opened(f"challenge.{purpose}", text))
    except SealBrokenError as exc:
        raise ChallengeInvalid from exc
    if content["bound_to"] != bound_to or content["until"] <= time.time():
        raise ChallengeInvalid
    challenge_id = UUID(content["id"])
    if SpentChallenge.objects.filter(id=challenge_id).exists():
        raise ChallengeInvalid
    until = datetime.fromtimestamp(content["until"], tz=UTC)
    return Challenge(challenge_id, until, content["members"])


def challenge_spend(challenge: Challenge) -> None:
    """Use it up. Of several at once one goes on, the others raise `ChallengeInvalid`."""
    try:
        with transaction.atomic():
            SpentChallenge.objects.bulk_create(
                [SpentChallenge(id=challenge.id, expires_at=challenge.expires_at)]
            )
    except IntegrityError as exc:
        raise ChallengeInvalid from exc


def challenges_forget() -> int:
    """Forget spent challenges that have expired since; how many."""
    return rows_remove(SpentChallenge.objects.filter(expires_at__lte=timezone.now()))
