"""Bodies of requests, read as strictly as parameters."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.fields import empty
from rest_framework.settings import api_settings

_TYPES: tuple[tuple[type[serializers.Field], type | tuple[type, ...]], ...] = (
    (serializers.BooleanField, bool),
    (serializers.IntegerField, int),
    (serializers.FloatField, (int, float)),
    (serializers.DecimalField, str),
    (serializers.CharField, str),
    (serializers.ChoiceField, str),
    (serializers.UUIDField, str),
    (serializers.DateField, str),
    (serializers.DateTimeField, str),
)


NO_OBJECT = gettext_lazy("An object with fields is expected here.")


class BodySerializer(serializers.Serializer):
    """The body of a request: unknown names are refused, and ``"5"`` is no number, nor 5 a text."""

    default_error_messages = {"invalid": NO_OBJECT}

    def run_validation(self, data: Any = empty) -> Any:
        """Return the values; a whole body of ``null`` is refused as any other that is no object."""
        if data is None and self.parent is None:
            fault = ErrorDetail(str(NO_OBJECT), code="invalid")
            raise ValidationError({api_settings.NON_FIELD_ERRORS_KEY: [fault]})
        return super().run_validation(data)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Return the values; raise ValidationError that names all that is wrong."""
        if isinstance(data, dict):
            faults = self._unknown(data) | self._missing(data) | self._mistyped(data)
            if faults:
                raise ValidationError(faults)
        result: dict[str, Any] = super().to_internal_value(data)
        return result

    def _unknown(self, data: dict[str, Any]) -> dict[str, list[ErrorDetail]]:
        writable = {name for name, field in self.fields.items() if not field.read_only}
        fault = ErrorDetail(_("There is no such field."), code="unknown_field")
        return {str(name): [fault] for name in data if name not in writable}

    def _missing(self, data: dict[str, Any]) -> dict[str, list[ErrorDetail]]:
        """A partial body (PATCH) may leave out what is at its top; an object within it is whole or absent."""
        if self.parent is None or not getattr(self.root, "partial", False):
            return {}
        fault = ErrorDetail(_("This field is required."), code="required")
        return {name: [fault] for name, field in self.fields.items() if field.required and name not in data}

    def _mistyped(self, data: dict[str, Any]) -> dict[str, list[ErrorDetail]]:
        fault = ErrorDetail(_("The value is of the wrong type."), code="wrong_type")
        return {
            name: [fault]
            for name, field in self.fields.items()
            if data.get(name) is not None and not _fits(field, data[name])
        }


def _fits(field: serializers.Field, value: Any) -> bool:
    if (
        isinstance(field, (serializers.DateField, serializers.DecimalField))
        and isinstance(value, str)
        and not value.isascii()
    ):
        return False
    for kind, expected in _TYPES:
        if isinstance(field, kind):
            return isinstance(value, expected) and (
                kind is serializers.BooleanField or not isinstance(value, bool)
            )
    return True
