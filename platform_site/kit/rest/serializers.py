"""A serializer that takes what it names and nothing else, each in its own type."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from django.http import QueryDict
from rest_framework import serializers

AnyField = serializers.Field[Any, Any, Any, Any]
JSON_TYPES: Final[Mapping[type[AnyField], type]] = {
    serializers.CharField: str,
    serializers.IntegerField: int,
    serializers.BooleanField: bool,
    serializers.UUIDField: str,
    serializers.DateTimeField: str,
}
"""What a field takes out of a JSON document. DRF would also read ``7`` as the text "7".

A whole number may be written ``7.0`` (RFC 8259 has one kind of number, JSON Schema 6.1.1 says so).
"""


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields that it does not name and values of another type than the field's.

    A misspelt field is an error and not a silent default. A form has only text, so there DRF's own
    reading of numbers counts.
    """

    one_of: ClassVar[tuple[str, ...]] = ()
    """Fields of which exactly one is sent."""
    rules: ClassVar[Mapping[str, Any]] = {}
    """What is checked beyond the single fields, in the keywords of JSON Schema.

    ``properties`` adds to what is published of a field."""
    default_error_messages = {
        "unknown_field": "There is no field of this name.",
        "type": "Not of the type that this field has.",
        "one_of": "Send exactly one of {names}.",
    }

    def to_internal_value(self, data: Any) -> Any:
        """The validated values. Raises DRF's `ValidationError`."""
        if isinstance(data, Mapping):
            self._names_check(data)
            if not isinstance(data, QueryDict):
                self._types_check(data)
        return super().to_internal_value(data)

    def _names_check(self, data: Mapping[str, Any]) -> None:
        if unknown := sorted(set(data) - set(self.fields)):
            raise serializers.ValidationError(
                {name: [self._error("unknown_field")] for name in unknown}
            )
        if self.one_of and len(set(self.one_of) & set(data)) != 1:
            raise serializers.ValidationError(
                {"non_field_errors": [self._error("one_of", names=" and ".join(self.one_of))]}
            )

    def _types_check(self, data: Mapping[str, Any]) -> None:
        found = {name: self._type_errors(self.fields[name], data[name]) for name in data}
        if wrong := {name: errors for name, errors in found.items() if errors}:
            raise serializers.ValidationError(wrong)

    def _type_errors(self, field: AnyField, value: Any) -> Any:
        """What is wrong with ``value``, by the index in a list; null is the field's own matter."""
        if isinstance(field, serializers.ListField) and isinstance(value, list):
            found = {at: self._type_errors(field.child, item) for at, item in enumerate(value)}
            return {at: errors for at, errors in found.items() if errors}
        wanted = next((typ for kind, typ in JSON_TYPES.items() if isinstance(field, kind)), None)
        is_whole = wanted is int and isinstance(value, float) and value.is_integer()
        # ``type is``, since to `isinstance` true is a number.
        is_right = value is None or wanted is None or type(value) is wanted or is_whole
        return [] if is_right else [self._error("type")]

    def _error(self, code: str, **words: str) -> serializers.ErrorDetail:
        return serializers.ErrorDetail(str(self.error_messages[code]).format(**words), code)
