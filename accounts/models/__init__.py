"""The rows of this app, a module for each subject."""

from accounts.models.sessions import Session, SessionQuerySet
from accounts.models.users import User, UserManager, UserQuerySet

__all__ = ["Session", "SessionQuerySet", "User", "UserManager", "UserQuerySet"]
