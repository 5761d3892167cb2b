import os
import time
from collections.abc import Iterator
from types import SimpleNamespace
from uuid import UUID

import psycopg
import pytest
from django.db import connection, transaction

from images import job_ends
from images.job_ends import Listener, told
from images.models import Job
from platform_site.kit.identifiers import uuid7
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)
SOON_S = 20.0
"""As long as a slow machine may take; nothing waits so long when all is well."""


@pytest.fixture
def listener() -> Iterator[Listener]:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite tells nobody")
    made = Listener()
    yield made
    made.stop()


def job_made() -> Job:
    return Job.objects.create(owner_id=uuid7(), kind=Job.Kind.RENDER, state=Job.State.RUNNING)


def end(job_id: UUID) -> int:
    found = Job.objects.filter(id=job_id, state=Job.State.RUNNING)
    return found.update(state=Job.State.SUCCEEDED, progress_step=told("done"))


def listeners_of_server() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND query LIKE 'SELECT pg_notify%%'"
        )
        return [pid for (pid,) in cursor.fetchall()]


def test_the_update_that_ends_a_job_wakes_those_who_wait_for_it_alone(listener: Listener) -> None:
    job, other = job_made(), job_made()
    with listener.expecting(job.id) as waiter, listener.expecting(other.id) as bystander:
        until(lambda: waiter.hears)
        assert end(job.id) == 1
        waiter.wait(SOON_S)
        assert not bystander._woken.is_set()
    job.refresh_from_db()
    assert (job.state, job.progress_step) == ("succeeded", "done")


def test_an_end_is_told_when_it_is_committed_and_not_before(listener: Listener) -> None:
    job, before = job_made(), job_made()
    with listener.expecting(job.id) as waiter, listener.expecting(before.id) as of_before:
        until(lambda: waiter.hears)
        with transaction.atomic():
            assert end(job.id) == 1
            with psycopg.connect(**connection.get_connection_params()) as elsewhere:
                elsewhere.execute("SELECT pg_notify(%s, %s)", [job_ends.CHANNEL, str(before.id)])
            until(of_before._woken.is_set)  # what was told later has arrived
            assert not waiter._woken.is_set()
        until(waiter._woken.is_set)


def test_an_update_that_changes_nothing_tells_nothing(listener: Listener) -> None:
    job = job_made()
    Job.objects.update(state=Job.State.CANCELED)
    with listener.expecting(job.id) as waiter:
        until(lambda: waiter.hears)
        assert end(job.id) == 0
        other = job_made()
        with listener.expecting(other.id) as last:
            end(other.id)
            until(last._woken.is_set)
        assert not waiter._woken.is_set()


def test_a_lost_connection_wakes_everybody_and_is_made_anew(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_ends, "RECONNECT_S", 0.05)
    with listener.expecting(uuid7()) as waiter:
        until(lambda: waiter.hears)
        (pid,) = listeners_of_server()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        until(waiter._woken.is_set)
        until(lambda: waiter.hears and listeners_of_server() not in ([], [pid]))


def test_all_who_wait_share_one_connection_which_ends_after_them(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_ends, "ROUND_S", 0.05)
    with listener.expecting(uuid7()) as one, listener.expecting(uuid7()) as other:
        until(lambda: one.hears and other.hears)
        assert len(listeners_of_server()) == 1
    until(lambda: listener._thread is None)
    assert not listener.is_listening
    until(lambda: listeners_of_server() == [])
    with listener.expecting(uuid7()) as again:
        until(lambda: again.hears)


def test_a_listener_that_hears_nothing_of_itself_is_not_relied_on(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As behind a pooler of transactions: the LISTEN is taken, and nothing arrives.
    monkeypatch.setattr(job_ends, "CHANNEL", "images_job_ends; SELECT 1")
    with listener.expecting(uuid7()) as waiter:
        time.sleep(0.3)
        assert not waiter.hears


def test_on_sqlite_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_ends, "connection", SimpleNamespace(vendor="sqlite"))
    listener = Listener()
    with listener.expecting(uuid7()) as waiter:
        assert (waiter.hears, listener._thread) == (False, None)
    assert told("done") == "done"


def test_a_child_has_a_listener_of_its_own() -> None:
    before = job_ends.listener()
    child = os.fork()
    if not child:
        os._exit(job_ends.listener() is before)
    assert os.waitpid(child, 0)[1] == 0
    assert job_ends.listener() is before
