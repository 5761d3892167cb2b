"""Housekeeping takes rows a few at a time, however many there are."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import (
    ApiKey,
    EmailChange,
    Link,
    Mail,
    RememberedDevice,
    Session,
    SpentChallenge,
    SpentState,
    User,
)
from accounts.services import (
    api_keys,
    batches,
    challenges,
    email_change,
    links,
    mails,
    remembered_devices,
    sessions,
    single_sign_on,
)
from platform_site.kit.identifiers import uuid7

LONG_AGO: Final = timezone.now() - timedelta(days=100)
Made = Callable[[User, int], models.Model]
REMOVED: Final[dict[str, tuple[Made, Callable[[], int]]]] = {
    "sessions": (
        lambda user, _: Session(user=user, expires_at=LONG_AGO),
        sessions.sessions_expire,
    ),
    "API keys": (
        lambda user, n: ApiKey(user=user, name="k", digest=f"{n}", expires_at=LONG_AGO),
        api_keys.api_keys_expire,
    ),
    "remembered browsers": (
        lambda user, n: RememberedDevice(user=user, digest=f"{n}", expires_at=LONG_AGO),
        remembered_devices.devices_expire,
    ),
    "challenges": (
        lambda _user, _n: SpentChallenge(id=uuid7(), expires_at=LONG_AGO),
        challenges.challenges_forget,
    ),
    "states": (
        lambda _user, n: SpentState(digest=f"{n}", spent_at=LONG_AGO),
        single_sign_on.states_forget,
    ),
    "links": (
        lambda user, n: Link(user=user, purpose="p", digest=f"{n}", expires_at=LONG_AGO),
        links.links_expire,
    ),
    "changes of address": (
        lambda _user, n: EmailChange(
            user=User.objects.create_user(f"{n}@example.com"),
            new_email=f"new{n}@example.com",
            created_at=LONG_AGO,
        ),
        email_change.email_changes_expire,
    ),
    "mails": (
        lambda _user, _n: Mail(kind="k", created_at=LONG_AGO, sent_at=LONG_AGO),
        mails.mails_remove,
    ),
}


@pytest.fixture(autouse=True)
def two_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BATCH", 2)


@pytest.mark.parametrize("what", REMOVED)
def test_what_has_expired_goes_in_statements_of_a_batch(alice_user: User, what: str) -> None:
    made, remove = REMOVED[what]
    rows = [made(alice_user, number) for number in range(5)]
    model: type[Any] = type(rows[0])
    model.objects.bulk_create(rows)
    with CaptureQueriesContext(connection) as queries:
        assert remove() == 5
    deletes = [query["sql"] for query in queries if query["sql"].startswith("DELETE")]
    assert sum(model._meta.db_table in sql for sql in deletes) == 3
    assert not model.objects.exists()
    assert remove() == 0


def test_each_id_comes_once_though_rows_leave_and_stay(alice_user: User) -> None:
    expires_at = timezone.now()
    made = [Session(id=uuid7(), user=alice_user, expires_at=expires_at) for _ in range(5)]
    Session.objects.bulk_create(made)
    seen = []
    with CaptureQueriesContext(connection) as queries:
        for number, session_id in enumerate(batches.ids_each(Session.objects.all())):
            seen.append(session_id)
            if number % 2:
                Session.objects.filter(id=session_id).delete()
    assert seen == sorted(session.id for session in made)
    selects = [query["sql"] for query in queries if query["sql"].startswith("SELECT")]
    assert len(selects) == 4
    assert all("LIMIT 2" in sql for sql in selects)
