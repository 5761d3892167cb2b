from pytest_django import Settings

from tests.accounts.callers import Caller


def test_the_sign_in_page_learns_what_to_offer(charlie: Caller, settings: Settings) -> None:
    assert charlie.get("/auth/sign-in-options").json() == {
        "registration_open": True,
        "passkeys": True,
        "password_reset": True,
        "providers": [],
    }
    settings.REGISTRATION_OPEN, settings.MAILS_ENABLED = False, False
    shown = charlie.get("/auth/sign-in-options").json()
    assert (shown["registration_open"], shown["password_reset"]) == (False, False)
