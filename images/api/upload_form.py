"""The form of an upload: what its headers must say before a byte is read, and its fields."""

import re
from collections.abc import Iterable
from typing import Any, Final

import orjson
from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.utils.http import parse_header_parameters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from images.api.requests import PRESET_CHARACTERS, TagsField, validated
from images.errors import FileTooLarge, LengthRequired, MultipartRequired
from images.models import TAG_CHARACTERS, TITLE_CHARACTERS
from images.services.selections import TAGS_MAX
from images.services.uploads import DEFAULT_PRESETS, UploadRequest
from images.specs import operations_spec
from images.upload_handler import FIELD, HashedFile, ReceivedFile
from platform_site.kit.rest.problems import FieldError, InvalidRequest
from platform_site.kit.rest.serializers import StrictSerializer

BOUNDARY: Final = re.compile(r"[ -~]{1,70}")  # RFC 2046 5.1.1 allows 70 characters
SEVERAL: Final = ("presets", "tags")
"""Fields that may come more than once; of others the last one counts."""
TEXT: Final = {"type": "string", "minLength": 1}


@extend_schema_field(TEXT)
class WordsField(serializers.Field[Any, Any, Any, Any]):
    """Words with commas between, each once, in one field of a form or in several of one name.

    ``words`` says what they may be. It is wrapped, since the bounds of a list are not those of
    the text that is described.
    """

    def __init__(self, words: serializers.ListField, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._words = words

    def to_internal_value(self, data: Iterable[str]) -> Any:
        """The words, in their order."""
        words = (word.strip() for text in data for word in text.split(",") if word.strip())
        return self._words.run_validation(list(dict.fromkeys(words)))


class FormOperationsIn(StrictSerializer):
    """Operations as a form has them; their ranges are the core's to refuse."""

    width = serializers.IntegerField(required=False, allow_null=True)
    height = serializers.IntegerField(required=False, allow_null=True)
    fit = serializers.CharField(required=False)
    format = serializers.CharField(required=False)
    quality = serializers.IntegerField(required=False, allow_null=True)


@extend_schema_field(TEXT)
class OperationsField(serializers.Field[Any, Any, Any, Any]):
    """Operations as JSON in a field of the form."""

    def to_internal_value(self, data: str) -> Any:
        """The operations. Raises `InvalidRequest` when they are not JSON."""
        try:
            given = orjson.loads(data)
        except orjson.JSONDecodeError as exc:
            raise _invalid("/ops", "malformed_json", "A JSON object of operations.") from exc
        return FormOperationsIn().run_validation(given)


class UploadFormIn(StrictSerializer):
    """The form of an upload."""

    file = serializers.FileField(allow_empty_file=True, help_text="The picture.")
    presets = WordsField(
        serializers.ListField(child=serializers.CharField(max_length=PRESET_CHARACTERS)),
        required=False,
        help_text=f"Names, comma separated; `{','.join(DEFAULT_PRESETS)}` if left out.",
    )
    ops = OperationsField(
        required=False,
        help_text='Operations as a JSON object, such as `{"width": 800}`, instead of presets.',
    )
    title = serializers.CharField(max_length=TITLE_CHARACTERS, allow_blank=True, required=False)
    tags = WordsField(
        TagsField(),
        required=False,
        help_text=f"Comma separated; at most {TAGS_MAX} of at most {TAG_CHARACTERS} characters.",
    )
    sha256 = serializers.RegexField(
        r"^[0-9a-fA-F]{64}$", required=False, help_text="Refused if the bytes that arrive differ."
    )


def form_check(request: HttpRequest) -> None:
    """Refuse by its headers what need not be read.

    Raises `MultipartRequired` (Python knows encodings that are not even text, so a form is UTF-8),
    `LengthRequired` or `FileTooLarge`.
    """
    main, parameters = parse_header_parameters(request.META.get("CONTENT_TYPE", ""))
    if main != "multipart/form-data" or not BOUNDARY.fullmatch(parameters.get("boundary", "")):
        raise MultipartRequired
    if parameters.get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
        raise MultipartRequired("The form is read as UTF-8 and as nothing else.")
    stated = request.META.get("CONTENT_LENGTH") or ""
    if not stated.isdecimal() or int(stated) == 0:
        raise LengthRequired
    if int(stated) > settings.UPLOAD_MAX_BYTES + settings.UPLOAD_FORM_ALLOWANCE_BYTES:
        raise FileTooLarge(f"The largest accepted file has {settings.UPLOAD_MAX_BYTES} bytes.")


def upload_from(request: Request) -> tuple[ReceivedFile, UploadRequest]:
    """The file and what comes with it. Raises `InvalidRequest` and DRF's `ValidationError`."""
    file = request.FILES.get(FIELD)
    if not isinstance(file, HashedFile):
        raise _invalid("/file", "required", "Send the picture in the field `file`.")
    given = validated(UploadFormIn(data={**_fields(request.POST), FIELD: file}))
    operations = operations_spec(**given["ops"]) if "ops" in given else None
    wanted = UploadRequest(
        presets=given.get("presets") or (() if operations else DEFAULT_PRESETS),
        operations=operations,
        title=given.get("title", ""),
        tags=given.get("tags", ()),
        sha256=given.get("sha256"),
    )
    return file.received, wanted


def _fields(form: QueryDict) -> dict[str, Any]:
    """The fields as a plain mapping: of a form, DRF would take a blank field for one left out."""
    return {name: form.getlist(name) if name in SEVERAL else form[name] for name in form}


def _invalid(pointer: str, code: str, detail: str) -> InvalidRequest:
    return InvalidRequest(detail, errors=[FieldError(pointer, code, detail)])
