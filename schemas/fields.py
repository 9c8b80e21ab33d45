"""Fields that take JSON at its word: a number is no string, `true` is no number, text is well-formed Unicode.

Each message carries a code, so that a client need not read English (`validators.Message`).
"""
# ruff: noqa: ARG002, RUF012 - marshmallow fixes the signatures and merges the messages by class

import math
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from itertools import islice
from typing import Any

from marshmallow import Schema, ValidationError, fields

from schemas.validators import Distinct, Message, OneOf, Pattern

MAX_UNKNOWN = 50
KOREA = timezone(timedelta(hours=9), "KST")
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d([.,]\d{1,9})?)?([Zz]|[+-]\d\d:?\d\d)?", re.ASCII)


class StrictSchema(Schema):
    """A JSON object that refuses what it does not know and says what it knows."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.error_messages = {
            **self.error_messages,
            "unknown": Message(f"There is no such field. There are: {', '.join(self.fields)}.", "unknown"),
            "type": Message("Must be a JSON object.", "invalid"),
        }

    def load(self, data: Any, **settings: Any) -> Any:
        """As marshmallow does, but many unknown fields cost no more than a few: it would merge their errors in quadratic time."""
        if isinstance(data, Mapping) and len(data) > len(self.fields) + MAX_UNKNOWN:
            unknown = islice((name for name in data if name not in self.fields), MAX_UNKNOWN)
            raise ValidationError({name: [self.error_messages["unknown"]] for name in unknown})
        return super().load(data, **settings)


class _Coded:
    """Gives the messages of a marshmallow field their key as code."""

    def make_error(self, key: str, **values: Any) -> ValidationError:
        error: ValidationError = super().make_error(key, **values)  # type: ignore[misc]
        return ValidationError(Message(str(error.messages[0]), "missing" if key == "required" else key))


_REQUIRED = {"required": "Is missing.", "null": "May not be null."}


class Text(_Coded, fields.String):
    """A string that can be written as UTF-8."""

    default_error_messages = {
        **_REQUIRED,
        "invalid": "Must be a string.",
        "surrogate": "Holds half a surrogate pair (\\uD800-\\uDFFF) at character {position}; send whole characters.",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise self.make_error("surrogate", position=error.start) from None
        return value


class Probability(_Coded, fields.Float):
    """A number in [0, 1]."""

    default_error_messages = {
        **_REQUIRED,
        "invalid": "Must be a number from 0 to 1.",
    }

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.metadata = {"minimum": 0, "maximum": 1, **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise self.make_error("invalid")
        return float(value)


class Weight(_Coded, fields.Float):
    """A finite number."""

    default_error_messages = {**_REQUIRED, "invalid": "Must be a finite number."}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self.make_error("invalid")
        return float(value)


class Whole(_Coded, fields.Integer):
    """An integer of at least `least`."""

    default_error_messages = {
        **_REQUIRED,
        "invalid": "Must be a whole number, at least {least}.",
    }

    def __init__(self, *, least: int = 0, **settings: Any) -> None:
        super().__init__(**settings)
        self.least = least
        self.metadata = {"minimum": least, **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < self.least:
            raise self.make_error("invalid", least=self.least)
        return value


class Flag(_Coded, fields.Boolean):
    """true or false."""

    default_error_messages = {**_REQUIRED, "invalid": "Must be true or false."}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Many(_Coded, fields.List[Any]):
    """A JSON array, of at most `most` items."""

    default_error_messages = {**_REQUIRED, "invalid": "Must be an array.", "too_long": "Has more than {most} items."}

    def __init__(self, inner: fields.Field[Any], *, most: int | None = None, **settings: Any) -> None:
        super().__init__(inner, **settings)
        self.most = most
        if most is not None:
            self.metadata = {"maxItems": most, **self.metadata}
        for validator in self.validators:
            self.metadata = {**getattr(validator, "METADATA", {}), **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> list[Any]:
        return super()._deserialize(self._counted(value), attr, data, **kwargs)

    def _counted(self, value: Any) -> list[Any]:
        """The array, once it is known to be one and not too long; before each of its items is looked at."""
        if not isinstance(value, list):
            raise self.make_error("invalid")
        if self.most is not None and len(value) > self.most:
            raise self.make_error("too_long", most=self.most)
        return value


class One(_Coded, fields.Nested):
    """A JSON object of another schema."""

    default_error_messages = {**_REQUIRED, "type": "Must be a JSON object."}


class Table(_Coded, fields.Dict):
    """A JSON object whose keys are data."""

    default_error_messages = {**_REQUIRED, "invalid": "Must be a JSON object."}


class Day(Text):
    """A calendar day, kept as its ISO string.

    An instant with an offset is the day it falls on in Korea; one without, the day it is written with.
    """

    default_error_messages = {
        **_REQUIRED,
        "invalid": "Must be a date, 2024-02-12, or a date and time, 2024-02-12T09:00:00+09:00.",
        "impossible": "There is no such day or time.",
    }

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.metadata = {"format": "date", "example": "2024-02-12", **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not isinstance(value, str) or not (_DAY.fullmatch(value) or _INSTANT.fullmatch(value)):
            raise self.make_error("invalid")
        try:
            if _DAY.fullmatch(value):
                return date.fromisoformat(value).isoformat()
            moment = datetime.fromisoformat(value.upper())
            return (moment.astimezone(KOREA) if moment.tzinfo else moment).date().isoformat()
        except (ValueError, OverflowError):
            raise self.make_error("impossible") from None


def written_instant(moment: datetime) -> str:
    """As an `Instant` is written."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


class Instant(_Coded, fields.DateTime):
    """A moment, written in UTC with milliseconds and `Z`."""

    default_error_messages = {**_REQUIRED, "invalid": "Must be a moment in UTC, 2024-02-12T00:00:00.000Z."}

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        if value is None:
            return None
        return written_instant(value)


def label(labels: type[StrEnum], **settings: Any) -> Text:
    """A required field that holds one of `labels`."""
    return Text(required=True, validate=OneOf(tuple(labels)), **settings)


def identifier(prefix: str, **settings: Any) -> Text:
    """A required field that holds an id such as `n1`."""
    return Text(required=True, validate=Pattern(f"{prefix}[1-9][0-9]*", f"an id such as {prefix}1"), **settings)


def identifiers(prefix: str, description: str) -> Many:
    """A required list of ids such as `n1`."""
    inner = Text(validate=Pattern(f"{prefix}[1-9][0-9]*", f"an id such as {prefix}1"))
    return Many(inner, required=True, validate=Distinct(), metadata={"description": description})
