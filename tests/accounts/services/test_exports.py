"""What auth tells of a person: of every table that has rows of people, and never a secret."""

import json
from datetime import timedelta

import pytest
from django.apps import apps
from django.utils import timezone

from accounts.errors import ReauthenticationRequired
from accounts.models import AuditEntry, Session, User
from accounts.services.exports import LEFT_OUT, SECTIONS, account_document
from accounts.services.sign_in import session_open
from tests.accounts.callers import PASSWORD

pytestmark = pytest.mark.django_db
SECRET = ("digest", "secret", "hash", "password", "credential", "context", "state", "binding")


def session_of(user: User) -> Session:
    pair = session_open(email=user.email, password=PASSWORD, device="Firefox", address="192.0.2.7")
    return Session.objects.select_related("user").get(id=pair.session_id)


def test_every_table_with_rows_of_people_is_told_of_or_left_out_with_a_reason() -> None:
    of_people = {
        model.__name__
        for model in apps.get_app_config("accounts").get_models(include_auto_created=False)
        if any(field.attname == "user_id" for field in model._meta.concrete_fields)
    }
    told = {model.__name__ for model, _fields in SECTIONS.values()}
    assert of_people - {"AuditEntry"} == told | set(LEFT_OUT)


@pytest.mark.parametrize("section", SECTIONS)
def test_no_secret_and_no_digest_of_one_is_told(section: str) -> None:
    _model, fields = SECTIONS[section]
    assert [name for name in fields for word in SECRET if word in name] == []


def test_the_document_is_of_its_owner_alone(alice_user: User, bob_user: User) -> None:
    session_of(bob_user)
    session = session_of(alice_user)
    document = json.loads(json.dumps(account_document(session=session), default=str))
    assert document["profile"]["email"] == alice_user.email
    assert [each["id"] for each in document["sessions"]] == [str(session.id)]
    assert document["sessions"][0]["address"] == "192.0.2.7"
    assert "export.request" in {entry["act"] for entry in document["audit"]}
    assert str(bob_user.id) not in json.dumps(document)
    assert set(document) == {"profile", "audit", *SECTIONS}


def test_a_session_that_was_proved_long_ago_gets_nothing(alice_user: User) -> None:
    session = session_of(alice_user)
    session.authenticated_at = timezone.now() - timedelta(seconds=301)
    before = AuditEntry.objects.count()
    with pytest.raises(ReauthenticationRequired):
        account_document(session=session)
    assert AuditEntry.objects.count() == before
