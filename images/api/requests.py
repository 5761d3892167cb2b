"""What callers may send: bodies are strict, queries ignore what they do not know.

Each bound is a constant of its owner, so what is published is what is taken.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final, TypeVar

from rest_framework import serializers
from rest_framework.request import Request

from images.models import TAG_CHARACTERS, TITLE_CHARACTERS, Job
from images.renditions import (
    FORMATS,
    MAX_OUTPUT_SIDE,
    MAX_QUALITY,
    OUTPUT_FORMATS,
    Fit,
    RenditionSpec,
)
from images.selectors.images import SHOWN_STATES, ImageFilter
from images.selectors.selections import Selection
from images.services.selections import (
    TAGS_MAX,
    SelectionOutcome,
    selection_delete,
    selection_restore,
    selection_tag,
    selection_trash,
)
from images.specs import operations_spec
from platform_site.kit.rest.hot_reads import AnyRequest
from platform_site.kit.rest.pagination import LIMIT_DEFAULT, LIMIT_MAX
from platform_site.kit.rest.serializers import StrictSerializer

FIT_HELP: Final = (
    "`inside`: the whole picture within the box; one that is smaller keeps its size. `cover`: "
    "the box is filled and the rest cropped; a picture that is too small for that is cropped to "
    "the box's shape at the largest size it has (800 x 600 of 1000 x 300 gives 400 x 300)."
)
FITS: Final = [fit.value for fit in Fit]
DEFAULT_QUALITY: Final = {
    name: FORMATS[name].default_quality
    for name in OUTPUT_FORMATS
    if FORMATS[name].default_quality is not None
}
PRESET_CHARACTERS: Final = 50
SEARCH_CHARACTERS: Final = 200
CURSOR_CHARACTERS: Final = 500
IDS_MAX: Final = 1_000
COUNT_MAX: Final = 2**31 - 1
ADD_TAGS: Final = "add_tags"
ACTIONS: Final[Mapping[str, Callable[..., SelectionOutcome]]] = {
    "trash": selection_trash,
    "restore": selection_restore,
    "delete": selection_delete,
    ADD_TAGS: selection_tag,
}

Kind = TypeVar("Kind", bound=serializers.Serializer[Any])


class TagsField(serializers.ListField):
    """Words without repeats; `max_length` holds for the list as it was sent, as published."""

    child = serializers.CharField(max_length=TAG_CHARACTERS)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=TAGS_MAX, **kwargs)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """The words, without repeats, in their order."""
        words = super().run_validation(data)
        return list(dict.fromkeys(words)) if isinstance(words, list) else words


class StatesField(serializers.ChoiceField):
    """One state is published; the gateway's overview asks for several, with commas between."""

    def to_internal_value(self, data: Any) -> Any:
        """Each of the states. Raises DRF's `ValidationError` for a word that is none."""
        return [super(StatesField, self).to_internal_value(word) for word in str(data).split(",")]


class ImageChangesIn(StrictSerializer):
    """The words of an image. What is left out stays."""

    title = serializers.CharField(max_length=TITLE_CHARACTERS, allow_blank=True, required=False)
    tags = TagsField(required=False)


class OperationsIn(StrictSerializer):
    """What to do to the picture; it is never enlarged.

    The rendition's `width` and `height` say what came of it: they are smaller than those asked
    for where the picture is too small.
    """

    rules = {"x-default-quality": DEFAULT_QUALITY}

    width = serializers.IntegerField(
        min_value=1, max_value=MAX_OUTPUT_SIDE, required=False, help_text="Of the box, in pixels."
    )
    height = serializers.IntegerField(
        min_value=1, max_value=MAX_OUTPUT_SIDE, required=False, help_text="Of the box, in pixels."
    )
    fit = serializers.ChoiceField(choices=FITS, required=False, help_text=FIT_HELP)
    format = serializers.ChoiceField(choices=OUTPUT_FORMATS, required=False)
    quality = serializers.IntegerField(min_value=1, max_value=MAX_QUALITY, required=False)


class RenditionCreateIn(StrictSerializer):
    """A preset by name, or operations: one of the two."""

    one_of = ("preset", "ops")

    preset = serializers.CharField(max_length=PRESET_CHARACTERS, required=False)
    ops = OperationsIn(required=False)


class PageQuery(serializers.Serializer[Any]):
    """Which part of a list."""

    limit = serializers.IntegerField(
        min_value=1,
        max_value=LIMIT_MAX,
        required=False,
        help_text=f"Results on a page; {LIMIT_DEFAULT} if left out.",
    )
    cursor = serializers.CharField(
        max_length=CURSOR_CHARACTERS,
        required=False,
        help_text="From `next` or `previous` of another page.",
    )


class ImageFilterQuery(serializers.Serializer[Any]):
    """Which images."""

    state = serializers.ChoiceField(choices=SHOWN_STATES, required=False)
    tag = serializers.CharField(max_length=TAG_CHARACTERS, required=False)
    q = serializers.CharField(
        max_length=SEARCH_CHARACTERS,
        required=False,
        help_text="Words in the title or the file name. With one or two characters a page may hold "
        "fewer images than there are, or none, and still have a `next`.",
    )
    format = serializers.ChoiceField(choices=list(FORMATS), required=False)
    trashed = serializers.BooleanField(required=False, help_text="Those in the trash instead.")


class ImageQuery(PageQuery, ImageFilterQuery):
    """Which images, and which part of their list."""


class ImageFilterIn(StrictSerializer, ImageFilterQuery):
    """The filters of the list of images."""


class ImageSelectionIn(StrictSerializer):
    """Images by their ids, by a filter, or by the moment that one call moved them to the trash."""

    one_of = ("ids", "filter", "trashed_at")
    rules = {
        "dependentRequired": {
            "filter": ["expected_count"],
            "except_ids": ["filter"],
            "expected_count": ["filter"],
        }
    }

    ids = serializers.ListField(child=serializers.UUIDField(), max_length=IDS_MAX, required=False)
    filter = ImageFilterIn(required=False)
    except_ids = serializers.ListField(
        child=serializers.UUIDField(),
        max_length=IDS_MAX,
        required=False,
        help_text="Beside `filter`: not these.",
    )
    expected_count = serializers.IntegerField(
        min_value=0,
        max_value=COUNT_MAX,
        required=False,
        help_text="Beside `filter`: how many match, `except_ids` included, as the caller knows; "
        "409 `selection_changed` when it is another number by now.",
    )
    trashed_at = serializers.DateTimeField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A filter comes with the count that was shown; nothing else has either of its fields."""
        by_filter = "filter" in attrs
        if by_filter and "expected_count" not in attrs:
            raise serializers.ValidationError({"expected_count": ["Required."]}, "required")
        for name in ("except_ids", "expected_count"):
            if name in attrs and not by_filter:
                raise serializers.ValidationError({name: ["Only beside `filter`."]}, "misplaced")
        return attrs


class ImageActionIn(StrictSerializer):
    """What to do to all images of a selection; `tags` are there exactly with `add_tags`."""

    rules = {
        "if": {"properties": {"action": {"const": ADD_TAGS}}},
        "then": {"required": ["tags"]},
        "else": {"properties": {"tags": False}},
    }

    action = serializers.ChoiceField(choices=list(ACTIONS))
    tags = TagsField(
        min_length=1, required=False, help_text="Put beside the tags that an image has."
    )
    selection = ImageSelectionIn()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Tags are there exactly where they are put on."""
        if (attrs["action"] == ADD_TAGS) != ("tags" in attrs):
            code = "misplaced" if "tags" in attrs else "required"
            words = f"There exactly with `{ADD_TAGS}`."
            raise serializers.ValidationError({"tags": [words]}, code)
        return attrs


class JobQuery(PageQuery):
    """Which jobs."""

    image = serializers.UUIDField(required=False, help_text="Only those of this image.")
    state = StatesField(choices=Job.State.values, required=False)


class DeletionQuery(serializers.Serializer[Any]):
    """How to delete."""

    permanent = serializers.BooleanField(
        default=False, help_text="Delete for good, as a job, instead of moving to the trash."
    )


def body_of(kind: type[Kind], request: Request) -> dict[str, Any]:
    """The validated body. Raises DRF's ``ValidationError``."""
    return validated(kind(data=request.data))


def query_of(kind: type[Kind], request: AnyRequest) -> dict[str, Any]:
    """The known query parameters that were given, validated; the last of several of one name.

    Raises DRF's ``ValidationError``.
    """
    given: dict[str, Any] = _reader_of(kind).run_validation(request.query_params.dict())
    return given


@cache
def _reader_of(kind: type[Kind]) -> Kind:
    """A serializer that validates for everybody: made anew, its fields are most of what it costs.

    It keeps nothing of what it validates; `is_valid` would.
    """
    return kind()


def image_filter(given: Mapping[str, Any]) -> ImageFilter:
    """The filter that validated parameters, or validated fields of a body, stand for."""
    state = given.get("state")
    return ImageFilter(
        state=state,
        tag=given.get("tag"),
        words=given.get("q"),
        format=given.get("format"),
        trashed=given.get("trashed", False) or state == "trashed",
    )


def image_selection(given: Mapping[str, Any]) -> Selection:
    """The images that a validated selection names."""
    others = {name: value for name, value in given.items() if name != "filter"}
    narrowed = image_filter(given["filter"]) if "filter" in given else None
    return Selection(**others, narrowed=narrowed)


def rendition_wanted(request: Request) -> str | RenditionSpec:
    """The name of a preset, or the spec of free operations."""
    given = body_of(RenditionCreateIn, request)
    preset: str | None = given.get("preset")
    return operations_spec(**given["ops"]) if preset is None else preset


def validated(serializer: serializers.Serializer[Any]) -> dict[str, Any]:
    """What was sent, validated. Raises DRF's ``ValidationError``."""
    serializer.is_valid(raise_exception=True)
    given: dict[str, Any] = serializer.validated_data
    return given
