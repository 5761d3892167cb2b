"""What callers send, checked field by field; a field that is not named here is refused."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

import orjson
from django.http import QueryDict
from rest_framework import serializers
from rest_framework.request import Request

from images.models import Job
from images.renditions import RenditionSpec
from images.selectors.images import SHOWN_STATES, ImageFilter
from images.services.selections import TAGS_MAX
from images.services.uploads import DEFAULT_PRESETS, UploadRequest
from images.specs import operations_spec
from images.upload_handler import FIELD, HashedFile, ReceivedFile
from platform_site.kit.rest.problems import FieldError, InvalidRequest
from platform_site.kit.rest.serializers import StrictSerializer

TAG_CHARACTERS: Final = 50
TITLE_CHARACTERS: Final = 200
SHA256: Final = re.compile(r"[0-9a-fA-F]{64}")
SEVERAL: Final = ("presets", "tags")


class TagsField(serializers.ListField):
    """Up to 20 words of up to 50 characters; a repeated one counts once."""

    child = serializers.CharField(max_length=TAG_CHARACTERS)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=TAGS_MAX, **kwargs)

    def to_internal_value(self, data: Any) -> list[str]:
        """The words, without repeats, in their order."""
        return list(dict.fromkeys(super().to_internal_value(data)))


class OperationsInput(StrictSerializer):
    """Free operations; ranges are the core's to check."""

    width = serializers.IntegerField(required=False, allow_null=True)
    height = serializers.IntegerField(required=False, allow_null=True)
    fit = serializers.CharField(required=False, default="inside")
    format = serializers.CharField(required=False, default="webp")
    quality = serializers.IntegerField(required=False, allow_null=True)


class UploadInput(StrictSerializer):
    """The fields of an upload beside the file."""

    presets = serializers.ListField(child=serializers.CharField(max_length=50), required=False)
    ops = OperationsInput(required=False)
    title = serializers.CharField(
        max_length=TITLE_CHARACTERS, required=False, default="", allow_blank=True
    )
    tags = TagsField(required=False, default=list)
    sha256 = serializers.RegexField(SHA256, required=False)


class ImageEditInput(StrictSerializer):
    """What may be changed of an image."""

    title = serializers.CharField(max_length=TITLE_CHARACTERS, required=False, allow_blank=True)
    tags = TagsField(required=False)


class RenditionInput(StrictSerializer):
    """A preset or operations, not both."""

    one_of = ("preset", "ops")

    preset = serializers.CharField(max_length=50, required=False)
    ops = OperationsInput(required=False)


def upload_from(request: Request) -> tuple[ReceivedFile, UploadRequest]:
    """The file and what comes with it. Raises `InvalidRequest` and DRF's `ValidationError`."""
    fields = _fields(request.data)
    file = request.FILES.get(FIELD)
    if not isinstance(file, HashedFile):
        raise _invalid("/file", "required", "Send the picture in the field `file`.")
    checked = _checked(UploadInput(data=fields))
    operations = _operations(checked.get("ops"))
    chosen = checked.get("presets") or (() if operations else DEFAULT_PRESETS)
    wanted = UploadRequest(
        presets=chosen,
        operations=operations,
        title=checked["title"],
        tags=checked["tags"],
        sha256=checked.get("sha256"),
    )
    return file.received, wanted


def edit_from(request: Request) -> dict[str, Any]:
    """``title`` and ``tags`` as far as they were sent."""
    return _checked(ImageEditInput(data=request.data))


def rendition_from(request: Request) -> str | RenditionSpec:
    """The name of a preset, or the spec of free operations."""
    checked = _checked(RenditionInput(data=request.data))
    spec = _operations(checked.get("ops"))
    return checked["preset"] if spec is None else spec


def image_filter_from(query: QueryDict, *, others: Iterable[str] = ()) -> ImageFilter:
    """The filters of a list of images; ``others`` may be there too. Raises `InvalidRequest`."""
    parameters_check(query, {*others, "state", "tag", "q", "format", "trashed"})
    state = query.get("state")
    if state is not None and state not in SHOWN_STATES:
        raise _invalid("/state", "invalid", f"One of {', '.join(SHOWN_STATES)}.")
    trashed = query.get("trashed", "false")
    if trashed not in {"true", "false"}:
        raise _invalid("/trashed", "invalid", "Either true or false.")
    return image_filter({**query.dict(), "trashed": trashed == "true"})


def image_filter(given: Mapping[str, Any]) -> ImageFilter:
    """The filter that checked parameters, or checked fields of a body, stand for."""
    state = given.get("state")
    return ImageFilter(
        state=state,
        tag=given.get("tag"),
        words=given.get("q"),
        format=given.get("format"),
        trashed=bool(given.get("trashed")) or state == "trashed",
    )


def job_filter_from(query: QueryDict) -> tuple[UUID | None, list[str]]:
    """Which image's jobs, and in which states. Raises `InvalidRequest`."""
    parameters_check(query, {"limit", "cursor", "image", "state"})
    states = list(_words(query.getlist("state")))
    if unknown := set(states) - set(Job.State.values):
        raise _invalid("/state", "invalid", f"There is no state {min(unknown)[:30]!r}.")
    raw = query.get("image")
    try:
        return (UUID(raw) if raw else None), states
    except ValueError as exc:
        raise _invalid("/image", "invalid", "The id of an image.") from exc


def parameters_check(query: QueryDict, known: Iterable[str]) -> None:
    """Raises `InvalidRequest` for a parameter that is not one of ``known``, or that holds NUL."""
    if unknown := sorted(set(query) - set(known)):
        raise _invalid(f"/{unknown[0]}", "unknown_parameter", "There is no such parameter.")
    for name in query:  # PostgreSQL has no text with NUL in it
        if any("\x00" in value for value in query.getlist(name)):
            raise _invalid(f"/{name}", "invalid", "Text without NUL characters.")


def _fields(form: object) -> dict[str, Any]:
    if not isinstance(form, QueryDict):
        raise _invalid("/file", "required", "Send a form with the picture in the field `file`.")
    fields: dict[str, Any] = {name: form.get(name) for name in form if name != FIELD}
    for name in SEVERAL:
        if name in form:
            fields[name] = list(_words(form.getlist(name)))
    if "ops" in fields:
        fields["ops"] = _json(fields["ops"])
    return fields


def _words(values: Iterable[str]) -> Iterable[str]:
    return (word.strip() for value in values for word in value.split(",") if word.strip())


def _json(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as exc:
        raise _invalid("/ops", "malformed_json", "A JSON object of operations.") from exc


def _operations(checked: Mapping[str, Any] | None) -> RenditionSpec | None:
    return None if checked is None else operations_spec(**checked)


def _checked(serializer: StrictSerializer) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    checked: dict[str, Any] = dict(serializer.validated_data)
    return checked


def _invalid(pointer: str, code: str, detail: str) -> InvalidRequest:
    return InvalidRequest(detail, errors=[FieldError(pointer, code, detail)])
