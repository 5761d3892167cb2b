import stat
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Session, User, UserQuerySet
from tests.accounts.callers import signed_in


def create_demo(**options: Any) -> str:
    out = StringIO()
    call_command("create_demo", stdout=out, **options)
    return out.getvalue()


def password_in(output: str) -> str:
    return output.rpartition("Password: ")[2].strip()


def test_the_password_is_generated_and_printed_once(db: None) -> None:
    output = create_demo()
    password = password_in(output)
    assert len(password) == 16
    demo = User.objects.get()
    assert (demo.email, demo.name, demo.is_staff) == ("demo@example.com", "Demo", False)
    assert demo.check_password(password)
    assert demo.email_verified_at is not None, "nobody reads its mail"


def test_a_second_run_keeps_the_account_as_it_is(db: None) -> None:
    create_demo()
    before = User.objects.values().get()
    assert "Password" not in create_demo()
    assert User.objects.values().get() == before


def test_a_reset_gives_a_new_password_and_signs_out(db: None) -> None:
    old = password_in(create_demo())
    signed_in(User.objects.get(), password=old)
    new = password_in(create_demo(reset=True))
    assert new != old
    assert User.objects.get().check_password(new)
    assert Session.objects.get().revoked_at is not None


def test_staff_may_enter_the_admin(db: None) -> None:
    create_demo(email="Root@Example.com", staff=True)
    demo = User.objects.get()
    assert (demo.email, demo.is_staff, demo.is_superuser) == ("root@example.com", True, True)


def test_the_password_can_be_kept_in_a_file_for_the_owner_only(db: None, tmp_path: Path) -> None:
    file = tmp_path / "secrets" / "demo"
    password = password_in(create_demo(password_file=file))
    assert file.read_text().strip() == password
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = User.objects.values().get()
    assert "is unchanged" in create_demo(password_file=file)
    assert User.objects.values().get() == before
    assert file.read_text().strip() == password


def test_a_lost_account_is_made_again_with_the_kept_password(db: None, tmp_path: Path) -> None:
    file = tmp_path / "demo"
    password = password_in(create_demo(password_file=file))
    UserQuerySet(User).filter(email__contains="@").erase()
    create_demo(password_file=file)
    assert User.objects.get().check_password(password)


def test_a_lost_file_gives_the_account_a_new_password(db: None, tmp_path: Path) -> None:
    file = tmp_path / "demo"
    create_demo(password_file=file)
    file.unlink()
    create_demo(password_file=file)
    assert User.objects.get().check_password(file.read_text().strip())


def test_what_is_no_address_is_refused(db: None) -> None:
    with pytest.raises(CommandError):
        create_demo(email="demo")
    assert User.objects.count() == 0
