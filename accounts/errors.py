"""The refusals of this app; ``code`` is what clients branch on."""

from collections.abc import Sequence
from uuid import UUID

from platform_site.kit.auth.tokens import TokenInvalid
from platform_site.kit.rest.problems import DomainError


class InvalidCredentials(DomainError):
    """The e-mail address or password is wrong, or the account is closed; which stays unsaid."""

    status = 401
    code = "invalid_credentials"
    title = "The e-mail address or the password is wrong"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"})


class TokenReuseDetected(TokenInvalid):
    """A refresh token came a second time, so its session was ended."""

    code = "token_reuse_detected"
    title = "The refresh token was used before; the session has been ended"


class SessionExpired(TokenInvalid):
    """The sign-in was too long ago, however often the session was refreshed since."""

    code = "session_expired"
    title = "The session has reached its longest life; sign in again"


class OriginNotAllowed(DomainError):
    """The refresh cookie came from a page that is not ours."""

    status = 403
    code = "origin_not_allowed"
    title = "The request comes from a page that may not use this session"


class PasswordIncorrect(DomainError):
    """The current password was not given correctly, so it is not changed."""

    status = 400
    code = "password_incorrect"
    title = "The current password is wrong"


class DeletionBegun(DomainError):
    """The days in which the account could be taken back are over."""

    status = 409
    code = "deletion_begun"
    title = "The account is being deleted and cannot be taken back any more"


class RegistrationClosed(DomainError):
    """New accounts are made by the staff here."""

    status = 403
    code = "registration_closed"
    title = "Registration is closed"


class SessionNotFound(DomainError):
    """The caller has no such session."""

    status = 404
    code = "session_not_found"
    title = "There is no such session"


class RevocationUnavailable(DomainError):
    """The deny list cannot be written: the session has ended, its access tokens die by expiry."""

    status = 503
    code = "revocation_unavailable"
    title = "Ended sessions cannot be announced at the moment"


class InvalidClient(DomainError):
    """The role did not prove who it is (RFC 6749, 5.2)."""

    status = 401
    code = "invalid_client"
    title = "The client is not known or its secret is wrong"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail, headers={"WWW-Authenticate": 'Basic realm="internal"'})


class UnsupportedGrantType(DomainError):
    """Only client credentials are exchanged here (RFC 6749, 5.2)."""

    status = 400
    code = "unsupported_grant_type"
    title = "This grant type is not supported"


class InvalidTarget(DomainError):
    """The audience is not a role that takes service tokens (RFC 8707, 2)."""

    status = 400
    code = "invalid_target"
    title = "There is no such audience"


# Links in mails, and the addresses that they reach.


class LinkInvalid(DomainError):
    """The link is unknown, was used, is too old, or what it would change has changed."""

    status = 400
    code = "link_invalid"
    title = "The link was used already, or is no longer good"


class EmailUnverified(DomainError):
    """The password was right, and nobody gets in here before the address is confirmed."""

    status = 403
    code = "email_unverified"
    title = "Confirm your e-mail address first; a link has been sent to it"


class MailUnavailable(DomainError):
    """No mail is sent here, so nothing that waits for a link in one can be begun."""

    status = 409
    code = "mail_unavailable"
    title = "This platform sends no mail"


class ApiKeyNotFound(DomainError):
    """The caller has no such live key."""

    status = 404
    code = "api_key_not_found"
    title = "There is no such API key"


class ApiKeysFull(DomainError):
    """The account has as many live keys as it may have."""

    status = 409
    code = "api_keys_full"
    title = "There are too many API keys"


class UnsupportedTokenType(DomainError):
    """A token of the platform that nobody can revoke here (RFC 7009, 2.2.1)."""

    status = 400
    code = "unsupported_token_type"
    title = "Tokens of this type cannot be revoked"


# Single sign-on; what happens on the way through a provider is in `accounts.oidc.errors`.


class IdentityNotFound(DomainError):
    """The caller has no such link to a provider."""

    status = 404
    code = "identity_not_found"
    title = "There is no such link to a provider"


class LastWayIn(DomainError):
    """Without it nobody could sign in to the account any more."""

    status = 409
    code = "last_way_in"
    title = "This is the last way to sign in: set a password or add another one first"


class ReauthenticationRequired(DomainError):
    """The act is dangerous, and the person proved too long ago who they are."""

    status = 403
    code = "reauthentication_required"
    title = "Prove once more who you are"


class SecondFactorRequired(DomainError):
    """The first proof was right; ``challenge`` is to be shown with the second."""

    status = 401
    code = "second_factor_required"
    title = "A second factor is needed to sign in"

    def __init__(self, *, challenge: str, methods: Sequence[str]) -> None:
        super().__init__(headers={"WWW-Authenticate": "Bearer"})
        self.members = {"challenge": challenge, "methods": list(methods)}


class ChallengeInvalid(DomainError):
    """Unknown, used, expired or somebody else's: one answer."""

    status = 400
    code = "challenge_invalid"
    title = "This step is over; begin again"


class FactorIncorrect(DomainError):
    """The code is wrong or was used before, or the passkey is not one of the account's."""

    status = 400
    code = "factor_incorrect"
    title = "The code or the passkey is not right"

    def __init__(self, *, reason: str = "wrong", user_id: UUID | None = None) -> None:
        """``reason`` and ``user_id`` are for the audit; the caller is told neither."""
        super().__init__()
        self.reason, self.user_id = reason, user_id


class FactorExists(DomainError):
    """The account has a confirmed authenticator; it is removed before there is another."""

    status = 409
    code = "factor_exists"
    title = "There is an authenticator already"


class FactorMissing(DomainError):
    """Everybody must have a second factor here, and the account has none."""

    status = 403
    code = "factor_missing"
    title = "Add a second factor first"


class FactorNotFound(DomainError):
    """The account has no such factor."""

    status = 404
    code = "factor_not_found"
    title = "There is no such factor"
