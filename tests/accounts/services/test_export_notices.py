"""Mails that exports are ready: each once, to who is there, whatever images answers."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import ExportNotice, Mail, User
from accounts.owner_images import ReadyExport
from accounts.services import export_notices
from accounts.services.export_notices import exports_tell
from platform_site.kit.upstream.http import UpstreamUnavailable

pytestmark = pytest.mark.django_db


def ready(user: User, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Let images have an export of ``user``; after when it was asked for each time."""
    now, asked = timezone.now(), list[object]()
    export = ReadyExport(uuid4(), user.id, now, now + timedelta(days=7))

    def answer(*, after: object) -> list[ReadyExport]:
        asked.append(after)
        return [export]

    monkeypatch.setattr(export_notices, "exports_ready", answer)
    return asked


def test_an_export_is_told_of_once(alice_user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ready(alice_user, monkeypatch)
    assert [exports_tell() for _ in range(3)] == [1, 0, 0]
    mail = Mail.objects.get()
    assert (mail.kind, mail.recipient, mail.user_id) == (
        "export_ready",
        alice_user.email,
        alice_user.id,
    )
    assert asked[1] == asked[2] == ExportNotice.objects.get().ready_at - timedelta(minutes=1)


def test_a_closed_account_hears_nothing(alice_user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    ready(alice_user, monkeypatch)
    User.objects.update(deletion_due_at=timezone.now() + timedelta(days=1))
    assert exports_tell() == 0
    assert not Mail.objects.exists()


def test_images_without_an_answer_is_asked_again(
    alice_user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(**_after: object) -> list[ReadyExport]:
        raise UpstreamUnavailable("images")

    monkeypatch.setattr(export_notices, "exports_ready", silent)
    assert exports_tell() == 0
    ready(alice_user, monkeypatch)
    assert exports_tell() == 1
