"""People who have an account."""

from typing import Any, ClassVar, Final, NoReturn

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.fields import EmailLoginField, normalized_email
from platform_site.kit.identifiers import uuid7

ONLY_WAY: Final = "Accounts are deleted by accounts.services.closing, images first."


class UserQuerySet(models.QuerySet["User"]):
    """Accounts by what is to become of them."""

    def delete(self) -> NoReturn:
        """Not a way out: what the account has at images would be there for good."""
        raise TypeError(ONLY_WAY)

    def erase(self) -> None:
        """Delete the rows, once nothing is left anywhere else."""
        super().delete()


class UserManager(BaseUserManager["User"]):
    """Makes users with hashed passwords and finds them by any spelling of their e-mail address."""

    def get_queryset(self) -> UserQuerySet:
        """Rows that cannot be deleted in passing."""
        return UserQuerySet(self.model, using=self._db)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A stored user; without ``password`` one that cannot sign in with a password."""
        user = self.model(email=normalized_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A stored user who may do everything in the admin."""
        return self.create_user(
            email, password, **{**fields, "is_staff": True, "is_superuser": True}
        )


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in with an e-mail address.

    With ``deletion_due_at`` the account is closed: it will be deleted then, and until then it can
    be taken back. ``restored_at`` is when that was done, until images is known to have heard.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = EmailLoginField("e-mail address", unique=True, max_length=254)
    name = models.CharField(max_length=150, blank=True)
    is_staff = models.BooleanField(default=False, help_text="May enter the admin.")
    is_active = models.BooleanField(default=True, help_text="May sign in.")
    email_verified_at = models.DateTimeField(null=True, blank=True, editable=False)
    """When the person last showed that mail to the address reaches them; ``None`` = never."""
    must_verify_email = models.BooleanField(default=False, db_default=False, editable=False)
    """Whether nobody gets in who has not shown that, where ``EMAIL_VERIFICATION`` is required.

    Only of accounts that came by registration: those of before, and of the staff, stay open.
    """
    language = models.CharField(
        max_length=8, default="en", db_default="en", help_text="In which mails are written."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    unlocked_at = models.DateTimeField(null=True, blank=True, editable=False)
    """When wrong passwords were last forgotten; ``None`` = never."""
    sign_out_epoch = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    """Counts what signs the person out everywhere; the admin's sessions of an older one end."""
    deletion_due_at = models.DateTimeField(
        null=True, blank=True, editable=False, db_index=True, help_text="When it will be deleted."
    )
    restored_at = models.DateTimeField(null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    purged_images = models.PositiveIntegerField(null=True, blank=True, editable=False)
    purged_bytes = models.PositiveBigIntegerField(null=True, blank=True, editable=False)
    """What images has deleted of the account, between its answer and the end of this row."""

    has_factor: bool = False
    """Whether there is a second factor: told by `accounts.selectors` of whoever asks."""

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering: ClassVar[list[str]] = ["email"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="accounts_user_email_is_lower_case"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            # Asked for by each run of housekeeping, and true of next to nobody.
            models.Index(
                fields=["restored_at"],
                condition=models.Q(restored_at__isnull=False),
                name="accounts_user_by_restored",
            )
        ]

    def __str__(self) -> str:
        return str(self.email)

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        """What an admin's session is held against: ends with the password or the epoch."""
        value = f"{self.password}|{self.sign_out_epoch}"
        return salted_hmac(
            "accounts.User.session", value, secret=secret, algorithm="sha256"
        ).hexdigest()

    @property
    def may_sign_in(self) -> bool:
        """Whether the account is open, or closed and can still be taken back."""
        due = self.deletion_due_at
        return self.is_active and (due is None or due > timezone.now())

    def delete(self, *_args: object, **_options: object) -> NoReturn:
        """As `UserQuerySet.delete`: not a way out."""
        raise TypeError(ONLY_WAY)

    def get_full_name(self) -> str:
        """The name, or the address of someone without one; the admin greets with it."""
        return self.name or self.email

    def get_short_name(self) -> str:
        """As `get_full_name`."""
        return self.get_full_name()
