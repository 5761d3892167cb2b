import pytest
from django.db import IntegrityError, transaction

from accounts.models import User

pytestmark = pytest.mark.django_db


def test_a_user_is_found_by_any_spelling_of_the_address(alice_user: User) -> None:
    assert User.objects.get(email=" ALICE@Example.com ") == alice_user
    assert User.objects.get_by_natural_key("Alice@EXAMPLE.com") == alice_user


def test_two_spellings_of_an_address_are_one_account(alice_user: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("ALICE@example.COM", "another long password")
    assert User.objects.count() == 1


def test_the_stored_address_is_the_normalized_one(db: None) -> None:
    User.objects.bulk_create([User(email="Dora@Example.com", password="!")])
    assert list(User.objects.values_list("email", flat=True)) == ["dora@example.com"]


def test_keys_are_time_ordered_uuids(alice_user: User, bob_user: User) -> None:
    assert (alice_user.id.version, bob_user.id.version) == (7, 7)
    assert alice_user.id < bob_user.id


def test_a_superuser_is_staff(db: None) -> None:
    root = User.objects.create_superuser("root@example.com", "a long enough password")
    assert (root.is_staff, root.is_superuser, root.is_active) == (True, True, True)
