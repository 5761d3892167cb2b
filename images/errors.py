"""Every refusal of the images application; ``code`` is what clients branch on."""

from typing import Final

from platform_site.kit.rest.problems import DomainError


class ImageNotFound(DomainError):
    """There is no such image, or it belongs to someone else: callers cannot tell which."""

    status = 404
    code = "image_not_found"
    title = "There is no such image"


class RenditionNotFound(DomainError):
    """Nothing was asked for under this name."""

    status = 404
    code = "rendition_not_found"
    title = "There is no such rendition"


class JobNotFound(DomainError):
    """There is no such job, or it belongs to someone else."""

    status = 404
    code = "job_not_found"
    title = "There is no such job"


class ExportNotFound(DomainError):
    """There is no such export, or it belongs to someone else."""

    status = 404
    code = "export_not_found"
    title = "There is no such export"


class ExportUnderWay(DomainError):
    """One export at a time is made for a person."""

    status = 409
    code = "export_under_way"
    title = "An export is being made already"


class ExportLimit(DomainError):
    """The person has asked for as many exports as one may have made in a day."""

    status = 429
    code = "export_limit"
    title = "No more exports can be made today"


class UnknownPreset(DomainError):
    """The name is not one of the presets."""

    status = 400
    code = "unknown_preset"
    title = "There is no such preset"


class InvalidOperations(DomainError):
    """The operations do not describe a picture that can be made."""

    status = 400
    code = "invalid_ops"
    title = "The operations cannot be carried out"


class LengthRequired(DomainError):
    """An upload says beforehand how long it is."""

    status = 411
    code = "length_required"
    title = "Content-Length is missing"


class MultipartRequired(DomainError):
    """Files come as multipart/form-data with a boundary."""

    status = 415
    code = "unsupported_media_type"
    title = "Send the file as multipart/form-data"


class FileTooLarge(DomainError):
    """The file is larger than an upload may be."""

    status = 413
    code = "file_too_large"
    title = "The file is too large"


class UnsupportedFormat(DomainError):
    """The bytes are not a picture in a format that is taken, whatever the name says."""

    status = 415
    code = "unsupported_format"
    title = "This file format is not supported"


class ImageTruncated(DomainError):
    """The file ends before the picture does."""

    status = 422
    code = "image_truncated"
    title = "The picture is cut short"


class ImageCorrupt(DomainError):
    """The file cannot be read as the format that it says it is."""

    status = 422
    code = "image_corrupt"
    title = "The picture is damaged"


class UnsupportedFeature(DomainError):
    """The file is sound, and uses something of its format that is not read; the detail names it."""

    status = 422
    code = "unsupported_feature"
    title = "This kind of file is not supported"


class ImageUnreadable(DomainError):
    """The reader of the format failed for a reason that nobody foresaw; the log has it."""

    status = 422
    code = "image_unreadable"
    title = "The picture could not be read"


class DimensionsExceeded(DomainError):
    """The picture has a longer side, or takes more memory to be decoded, than is allowed."""

    status = 422
    code = "dimensions_exceeded"
    title = "The picture is too large in pixels"


class MetadataTooLarge(DomainError):
    """The text or profile blocks are larger than is taken."""

    status = 422
    code = "metadata_too_large"
    title = "The metadata of the picture is too large"


class ChecksumMismatch(DomainError):
    """The bytes that arrived are not the ones that the caller hashed."""

    status = 422
    code = "checksum_mismatch"
    title = "The file does not have the stated SHA-256"


class QuotaExceeded(DomainError):
    """The owner's originals would take more bytes than the quota allows."""

    status = 403
    code = "quota_exceeded"
    title = "The quota has no space left for this file"


class UploadExpired(DomainError):
    """The upload took so long that its reservation was given up."""

    status = 409
    code = "upload_expired"
    title = "The upload took too long"


class StorageUnavailable(DomainError):
    """The object store does not answer, or refuses for a reason of its own."""

    status = 503
    code = "storage_unavailable"
    title = "The object store is not available at the moment"

    def __init__(self, detail: str = "", *, retry_after_s: int = 5) -> None:
        super().__init__(detail, retry_after_s=retry_after_s)


class PreconditionFailed(DomainError):
    """The image has changed since the caller read it."""

    status = 412
    code = "precondition_failed"
    title = "The image has changed"


class ImageExists(DomainError):
    """The owner has these bytes already, in an image that is not in the trash."""

    status = 409
    code = "image_exists"
    title = "The same picture is there already"


class SelectionChanged(DomainError):
    """Another number of images match the filter than the caller was shown; ``count`` do now."""

    status = 409
    code = "selection_changed"
    title = "Other images match the filter by now"

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} images match now.")
        self.count = count


class ImageTrashed(DomainError):
    """Nothing is made from an image in the trash; restore it first."""

    status = 409
    code = "image_trashed"
    title = "The image is in the trash"


class TooManyRenditions(DomainError):
    """The image has as many renditions as one image may have."""

    status = 409
    code = "too_many_renditions"
    title = "The image has too many renditions"


class JobNotCancelable(DomainError):
    """The job has ended, or is one that cannot be stopped halfway."""

    status = 409
    code = "job_not_cancelable"
    title = "The job cannot be canceled"


class JobNotRetryable(DomainError):
    """The job has not failed, or its image is gone."""

    status = 409
    code = "job_not_retryable"
    title = "The job cannot be tried again"


class SignatureInvalid(DomainError):
    """The URL was not made here, or was changed."""

    status = 403
    code = "signature_invalid"
    title = "The signature of this URL is not valid"


class UrlExpired(DomainError):
    """The URL was good once; ask for the image again to get a new one."""

    status = 410
    code = "url_expired"
    title = "This URL has expired"


class RenditionPending(DomainError):
    """The rendition is being made: to wait a moment for it is part of the service."""

    status = 503
    code = "rendition_pending"
    title = "The rendition is not ready yet"
    is_failure = False


UPLOAD_REFUSALS: Final[dict[str, type[DomainError]]] = {
    refusal.code: refusal
    for refusal in (
        UnsupportedFormat,
        ImageTruncated,
        ImageCorrupt,
        ImageUnreadable,
        UnsupportedFeature,
        DimensionsExceeded,
        MetadataTooLarge,
    )
}


def refusal_of_file(exc: ValueError) -> DomainError:
    """The refusal for a file that the pure core cannot read.

    The core's errors carry a ``code``; one that is not in the contract counts as a damaged file.
    """
    refusal = UPLOAD_REFUSALS.get(getattr(exc, "code", ""), ImageCorrupt)
    return refusal(str(exc))
