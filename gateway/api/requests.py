"""What callers may send: bodies are strict, queries ignore what they do not know."""

from typing import Any, Final, get_args

from rest_framework import serializers

from gateway.clients.types import Fit, ImageAction, ImageState, InputFormat, JobState, OutputFormat
from platform_site.kit.rest.serializers import StrictSerializer

LONGEST_SIDE: Final = 8192
FIT_HELP: Final = (
    "`inside`: the whole picture within the box; one that is smaller keeps its size. `cover`: "
    "the box is filled and the rest cropped; a picture that is too small for that is cropped to "
    "the box's shape at the largest size it has (800 x 600 of 1000 x 300 gives 400 x 300)."
)
IDS_MAX: Final = 1_000
COUNT_MAX: Final = 2**31 - 1


class ImageChanges(StrictSerializer):
    """The words of an image. What is left out stays."""

    title = serializers.CharField(max_length=200, allow_blank=True, required=False)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=50), max_length=20, required=False
    )


class OperationsIn(StrictSerializer):
    """What to do to the picture; it is never enlarged.

    The rendition's `width` and `height` say what came of it: they are smaller than those asked
    for where the picture is too small.
    """

    rules = {"x-default-quality": {"jpeg": 82, "webp": 80, "avif": 60}}

    width = serializers.IntegerField(
        min_value=1, max_value=LONGEST_SIDE, required=False, help_text="Of the box, in pixels."
    )
    height = serializers.IntegerField(
        min_value=1, max_value=LONGEST_SIDE, required=False, help_text="Of the box, in pixels."
    )
    fit = serializers.ChoiceField(choices=get_args(Fit), required=False, help_text=FIT_HELP)
    format = serializers.ChoiceField(choices=get_args(OutputFormat), required=False)
    quality = serializers.IntegerField(min_value=1, max_value=100, required=False)


class RenditionCreate(StrictSerializer):
    """A preset by name, or operations: one of the two."""

    one_of = ("preset", "ops")

    preset = serializers.CharField(max_length=50, required=False)
    ops = OperationsIn(required=False)


class PasswordProof(StrictSerializer):
    """The password of the account, once more, before what ends it."""

    password = serializers.CharField(max_length=128, trim_whitespace=False, write_only=True)


class PageQuery(serializers.Serializer[Any]):
    """Which part of a list."""

    limit = serializers.IntegerField(
        min_value=1, max_value=200, required=False, help_text="Results on a page; 50 if left out."
    )
    cursor = serializers.CharField(
        max_length=500, required=False, help_text="From `next` or `previous` of another page."
    )


class ImageFilterQuery(serializers.Serializer[Any]):
    """Which images."""

    state = serializers.ChoiceField(choices=get_args(ImageState), required=False)
    tag = serializers.CharField(max_length=50, required=False)
    q = serializers.CharField(
        max_length=200, required=False, help_text="Words in the title or the file name."
    )
    format = serializers.ChoiceField(choices=get_args(InputFormat), required=False)
    trashed = serializers.BooleanField(required=False, help_text="Those in the trash instead.")


class ImageQuery(PageQuery, ImageFilterQuery):
    """Which images, and which part of their list."""


class ImageFilter(StrictSerializer, ImageFilterQuery):
    """The filters of the list of images."""


class ImageSelection(StrictSerializer):
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
    filter = ImageFilter(required=False)
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


class ImageActionIn(StrictSerializer):
    """What to do to all images of a selection; `tags` are there exactly with `add_tags`."""

    rules = {
        "if": {"properties": {"action": {"const": "add_tags"}}},
        "then": {"required": ["tags"]},
        "else": {"properties": {"tags": False}},
    }

    action = serializers.ChoiceField(choices=get_args(ImageAction))
    tags = serializers.ListField(
        child=serializers.CharField(max_length=50),
        min_length=1,
        max_length=20,
        required=False,
        help_text="Put beside the tags that an image has.",
    )
    selection = ImageSelection()


class JobQuery(PageQuery):
    """Which jobs."""

    image = serializers.UUIDField(required=False, help_text="Only those of this image.")
    state = serializers.ChoiceField(choices=get_args(JobState), required=False)


class DeletionQuery(serializers.Serializer[Any]):
    """How to delete."""

    permanent = serializers.BooleanField(
        default=False, help_text="Delete for good, as a job, instead of moving to the trash."
    )


class UploadForm(serializers.Serializer[Any]):
    """The form of an upload. The gateway does not open it: images does."""

    file = serializers.FileField(help_text="The picture.")
    presets = serializers.CharField(
        required=False, help_text="Names, comma separated; `thumb,small,medium,large` if left out."
    )
    ops = serializers.CharField(
        required=False,
        help_text='Operations as a JSON object, such as `{"width": 800}`, instead of presets.',
    )
    title = serializers.CharField(max_length=200, required=False)
    tags = serializers.CharField(
        required=False, help_text="Comma separated; at most 20 of at most 50 characters."
    )
    sha256 = serializers.RegexField(
        r"^[0-9a-f]{64}$", required=False, help_text="Refused if the bytes that arrive differ."
    )
