"""Why a sign-in through a provider comes to nothing; a browser is told the code at its return."""

from platform_site.kit.rest.problems import DomainError


class ProviderNotFound(DomainError):
    """No provider of that id is set up."""

    status = 404
    code = "sso_provider_not_found"
    title = "There is no such provider"


class ProviderUnavailable(DomainError):
    """The provider gave no answer in time, or one that says to try again."""

    status = 503
    code = "sso_provider_unavailable"
    title = "The provider gives no answer"


class ProviderAnswerInvalid(DomainError):
    """What the provider answered is not what the protocol asks for, or not to be believed."""

    status = 502
    code = "sso_answer_invalid"
    title = "The provider's answer cannot be believed"


class SignOnDenied(DomainError):
    """The person, or the provider for them, said no."""

    status = 403
    code = "sso_denied"
    title = "The provider did not let you in"


class SignOnStateInvalid(DomainError):
    """The return belongs to no sign-in that this browser began, or to one that is used or old."""

    status = 400
    code = "sso_state_invalid"
    title = "This sign-in was not begun here, or it is too old; begin again"


class SignOnLinkRequired(DomainError):
    """An account has the address, and nothing proves that it is the same person's."""

    status = 403
    code = "sso_link_required"
    title = "An account has this address: sign in to it, then link the provider"


class SignUpClosed(DomainError):
    """Nobody's account is linked, and the provider's people get none by themselves."""

    status = 403
    code = "sso_sign_up_closed"
    title = "No account is linked to this one, and none is made"


class SignOnEmailRefused(DomainError):
    """The provider gave no address, or none that its settings allow."""

    status = 403
    code = "sso_email_refused"
    title = "The address at the provider is missing, not verified, or not allowed here"


class SignOnAccountClosed(DomainError):
    """The linked account may not be entered."""

    status = 403
    code = "sso_account_closed"
    title = "The account is closed"


class IdentityTaken(DomainError):
    """The account at the provider is linked to somebody else here."""

    status = 409
    code = "sso_identity_taken"
    title = "This account at the provider is linked to another account here"
