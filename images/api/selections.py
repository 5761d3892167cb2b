"""Many images at once over HTTP, for the gateway: counted, and acted on."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from images.api.permissions import OwnedView, owner_of
from images.api.requests import TagsField, image_filter, image_filter_from
from images.api.responses import job_body
from images.selectors.images import SHOWN_STATES, images_of_owner
from images.selectors.selections import Selection
from images.services.selections import (
    SelectionOutcome,
    selection_delete,
    selection_restore,
    selection_tag,
    selection_trash,
)
from platform_site.kit.rest.serializers import StrictSerializer

IDS_MAX: Final = 1_000
ADD_TAGS: Final = "add_tags"
ACTIONS: Final[Mapping[str, Callable[..., SelectionOutcome]]] = {
    "trash": selection_trash,
    "restore": selection_restore,
    "delete": selection_delete,
    ADD_TAGS: selection_tag,
}


class FilterInput(StrictSerializer):
    """The filters of a list, as a body has them."""

    state = serializers.ChoiceField(choices=SHOWN_STATES, required=False)
    tag = serializers.CharField(required=False)
    q = serializers.CharField(required=False)
    format = serializers.CharField(required=False)
    trashed = serializers.BooleanField(required=False)


class SelectionInput(StrictSerializer):
    """Which images."""

    one_of = ("ids", "filter", "trashed_at")

    ids = serializers.ListField(child=serializers.UUIDField(), max_length=IDS_MAX, required=False)
    filter = FilterInput(required=False)
    except_ids = serializers.ListField(
        child=serializers.UUIDField(), max_length=IDS_MAX, required=False
    )
    expected_count = serializers.IntegerField(min_value=0, required=False)
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


class ActionInput(StrictSerializer):
    """What to do, and to which images."""

    action = serializers.ChoiceField(choices=list(ACTIONS))
    tags = TagsField(allow_empty=False, required=False)
    selection = SelectionInput()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Tags are there exactly where they are put on."""
        if (attrs["action"] == ADD_TAGS) != ("tags" in attrs):
            code = "misplaced" if "tags" in attrs else "required"
            words = f"There exactly with `{ADD_TAGS}`."
            raise serializers.ValidationError({"tags": [words]}, code)
        return attrs


class ImageCount(OwnedView):
    """How many images the person has."""

    def get(self, request: Request) -> Response:
        """The number of those that a list with these filters has."""
        narrowed = image_filter_from(request.query_params)
        found = images_of_owner(owner_id=owner_of(request), narrowed=narrowed)
        return Response({"count": found.count()})


class ImageActions(OwnedView):
    """Many images of the person."""

    def post(self, request: Request) -> Response:
        """Do one thing to all of them; what became of them."""
        checked = ActionInput(data=request.data)
        checked.is_valid(raise_exception=True)
        given = checked.validated_data
        words = {"names": given["tags"]} if "tags" in given else {}
        outcome = ACTIONS[given["action"]](
            owner_id=owner_of(request), selection=_selection(given["selection"]), **words
        )
        return Response(_outcome_body(outcome))


def _selection(given: Mapping[str, Any]) -> Selection:
    rest = {name: value for name, value in given.items() if name != "filter"}
    narrowed = image_filter(given["filter"]) if "filter" in given else None
    return Selection(**rest, narrowed=narrowed)


def _outcome_body(outcome: SelectionOutcome) -> dict[str, Any]:
    return {
        "matched": outcome.matched,
        "changed": outcome.changed,
        "skipped": [{"code": code, "count": count} for code, count in outcome.skipped.items()],
        "remaining": outcome.remaining,
        "trashed_at": outcome.trashed_at,
        "job": None if outcome.job is None else job_body(outcome.job),
    }
