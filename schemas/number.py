"""An amount with its unit."""

from typing import Any

from marshmallow import ValidationError, validates_schema

from schemas.fields import Flag, One, StrictSchema, Text, identifier, label
from schemas.labels import Bound, NumberKind
from schemas.span import Span
from schemas.validators import Message, OneOf, Pattern

_DECIMAL = Pattern(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?", "a decimal number as a string, such as 9300000000000000")


def _decimal(description: str) -> Text:
    return Text(required=True, allow_none=True, validate=_DECIMAL, metadata={"description": description})


class Amount(StrictSchema):
    """Either one value or a range."""

    @validates_schema
    def _one_value(self, data: dict[str, Any], **_: Any) -> None:
        is_range = data["low"] is not None or data["high"] is not None
        if (data["value"] is not None) == is_range:
            raise ValidationError(Message("Must be given, or else low or high.", "invalid"), "value")


class Quantity(Amount):
    """A measure in a unit of the SI: one `value`, or a range from `low` to `high`."""

    value = _decimal("Exact where a decimal number can be, else 15 significant digits; null for a range.")
    low = _decimal("The lower end of a range.")
    high = _decimal("The upper end of a range.")
    unit = Text(required=True, metadata={"description": "UCUM: m, kg, m2, m/s, J …; Cel for temperatures, By for data."})


class Number(Span, Amount):
    """An amount with its unit: one `value`, or a range from `low` to `high`."""

    id = identifier("n")
    kind = label(NumberKind)
    value = _decimal("The exact value in full (1.8만 is 18000); null for a range. A string, because a double cannot hold every amount.")
    low = _decimal("The lower end of a range.")
    high = _decimal("The upper end of a range.")
    unit = Text(
        required=True,
        allow_none=True,
        metadata={"description": "ISO 4217 for money, %, %p, UCUM for a measure, the Korean counter for a count, else null."},
    )
    approx = Flag(required=True, metadata={"description": "약, 여, 가량, 정도, 안팎, 수…"})
    bound = Text(
        required=True,
        allow_none=True,
        validate=OneOf(tuple(Bound)),
        metadata={"description": "min: at least (이상); max: at most (이하, 최대)."},
    )
    same_as = identifier("n", allow_none=True, metadata={"description": "The number that this one restates or converts."})
    of = One(Span, allow_none=True, metadata={"description": "What is counted or measured, where the text names it beside the number."})
    si = One(Quantity, allow_none=True, metadata={"description": "A measure converted to the SI; null for all else."})
    rule = Text(required=True, metadata={"description": "What found it."})
