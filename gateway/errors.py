"""The refusals of the gateway itself; what another role refuses is relayed as ``Refused``."""

from collections.abc import Mapping, Sequence

from platform_site.kit.auth.tokens import TokenInvalid
from platform_site.kit.rest.problems import DomainError, FieldError


class Refused(DomainError):
    """Another role said no. Status, code and words are that role's."""

    def __init__(
        self,
        *,
        status: int,
        code: str,
        title: str,
        detail: str = "",
        errors: Sequence[FieldError] = (),
        errors_omitted: int = 0,
        headers: Mapping[str, str] | None = None,
        lost_part: str = "",
        count: int | None = None,
    ) -> None:
        super().__init__(detail, errors=errors, headers=headers)
        self.lost_part = lost_part
        self.status, self.code, self.title = status, code, title
        self.errors_omitted, self.count = errors_omitted, count


class UpstreamFailed(DomainError):
    """Another role answered, and the answer is a fault of its own or makes no sense."""

    status = 502
    code = "upstream_failed"
    title = "A part of the platform failed to do this"


class UploadLengthRequired(DomainError):
    """An upload has to say how long it is before the first byte is relayed."""

    status = 411
    code = "length_required"
    title = "Content-Length is missing"


class UploadTooLarge(DomainError):
    """The request is longer than the largest accepted file and its form fields."""

    status = 413
    code = "file_too_large"
    title = "The file is too large"


class UploadFormRequired(DomainError):
    """Files come as multipart/form-data with a boundary."""

    status = 415
    code = "unsupported_media_type"
    title = "Send the file as multipart/form-data"


class UploadInterrupted(DomainError):
    """The client went away, or sent fewer bytes than it announced."""

    status = 400
    code = "upload_interrupted"
    title = "The request body ended early"


class IdempotencyKeyInvalid(DomainError):
    """The key is empty, too long, or not printable ASCII."""

    status = 400
    code = "idempotency_key_invalid"
    title = "Idempotency-Key is 1 to 255 printable ASCII characters"


class IdempotencyInProgress(DomainError):
    """The first request with this key has not been answered yet."""

    status = 409
    code = "idempotency_in_progress"
    title = "A request with this Idempotency-Key is still running"


class IdempotencyKeyReused(DomainError):
    """The key belongs to a request with another body, or to another object."""

    status = 422
    code = "idempotency_key_reused"
    title = "This Idempotency-Key was used for another request"


class IdempotencyUnavailable(DomainError):
    """The store of keys does not answer.

    Going on without it would break what a key promises, at exactly the moment when clients retry.
    """

    status = 503
    code = "idempotency_unavailable"
    title = "Idempotency keys cannot be honoured at the moment"


class ApiKeyInvalid(TokenInvalid):
    """The API key is unknown, mistyped, expired or revoked; which stays unsaid."""

    code = "api_key_invalid"
    title = "The API key is not valid"


class AddressNotAllowed(DomainError):
    """The API key is taken from other addresses only."""

    status = 403
    code = "address_not_allowed"
    title = "This API key may not be used from this address"
