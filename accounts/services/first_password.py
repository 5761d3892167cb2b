"""A password for somebody who has signed in without one so far, or another in its place."""

from accounts.models import Session
from accounts.services.freshness import fresh_require
from accounts.services.users import password_change, password_replace


def password_set(*, session: Session, new: str, current: str = "") -> None:
    """Make ``new`` the password of the session's user, whose other sessions end.

    Who has one gives it as ``current``; who came through a provider or with a passkey alone has
    none, and must have signed in just now. Raises `ReauthenticationRequired`, and what
    `password_change` raises.
    """
    if session.user.has_usable_password():
        password_change(session=session, current=current, new=new)
        return
    fresh_require(session)
    password_replace(session=session, new=new)
