"""A stretch of the text as it was sent."""

from typing import Any

from marshmallow import ValidationError, validates_schema

from schemas.fields import StrictSchema, Text, Whole
from schemas.validators import Message


class Place(StrictSchema):
    """Half-open [start, end) in the result's `offset_unit`."""

    start = Whole(required=True, metadata={"description": "Where it begins, in the result's `offset_unit`, counted from 0."})
    end = Whole(required=True, least=1, metadata={"description": "Where it ends, exclusive."})

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        if data["start"] >= data["end"]:
            raise ValidationError(Message("Must be greater than start.", "invalid"), "end")


class Span(Place):
    """A stretch of the text: its place, and the text that stands there."""

    text = Text(required=True, metadata={"description": "The text as it was sent: `text[start:end]`."})
