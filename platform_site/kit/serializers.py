"""A serializer that takes what it names and nothing else."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields that it does not name: a misspelt field is an error, not a silent default."""

    default_error_messages = {"unknown_field": "There is no field of this name."}

    def to_internal_value(self, data: Any) -> Any:
        """The validated values. Raises DRF's `ValidationError` with code ``unknown_field``."""
        if isinstance(data, Mapping):
            unknown = sorted(set(data) - set(self.fields))
            if unknown:
                message = self.error_messages["unknown_field"]
                raise serializers.ValidationError(
                    {
                        name: [serializers.ErrorDetail(str(message), "unknown_field")]
                        for name in unknown
                    }
                )
        return super().to_internal_value(data)
