"""A serializer that takes what it names and nothing else, each in its own type."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
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


def texts_of(kind: type[StrictSerializer], sent: Any) -> Mapping[str, Any]:
    """The validated values of ``sent``, a body of short texts alone.

    Texts of visible ASCII that are not too long are what the serializer would make of them, so it
    is asked about others only: it takes longer than all else that a small request needs. Raises
    DRF's ``ValidationError``.
    """
    if isinstance(sent, Mapping):
        rules = _text_rules(kind)
        found = {name: sent[name] for name in sent}
        if rules.required <= found.keys() <= rules.most.keys() and all(
            type(text) is str and text.isascii() and text.isprintable() and " " not in text
            and 0 < len(text) <= rules.most[name]
            for name, text in found.items()
        ):  # fmt: skip
            return found
    body = kind(data=sent)
    body.is_valid(raise_exception=True)
    values: Mapping[str, Any] = body.validated_data
    return values


@dataclass(frozen=True, slots=True)
class _TextRules:
    """What a serializer of texts asks of them."""

    required: frozenset[str]
    most: Mapping[str, int]


@cache
def _text_rules(kind: type[StrictSerializer]) -> _TextRules:
    """Raises ``TypeError`` for a serializer that has to look at every value."""
    fields = kind().fields
    texts = {n: f for n, f in fields.items() if type(f) is serializers.CharField and f.max_length}
    if kind.one_of or texts.keys() != fields.keys():
        raise TypeError(f"{kind.__name__} is not of short texts alone.")
    required = frozenset(name for name, field in texts.items() if field.required)
    return _TextRules(required, {name: int(f.max_length or 0) for name, f in texts.items()})
