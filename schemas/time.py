"""A calendar time, clock time or duration."""

from schemas.fields import Text, identifier, label
from schemas.labels import TimeMod, TimeType
from schemas.span import Span
from schemas.validators import OneOf


class Time(Span):
    """A calendar time, clock time or duration, TIMEX3 style."""

    id = identifier("t")
    type = label(TimeType)
    value = Text(
        required=True,
        metadata={
            "description": "ISO 8601 / TIMEX3: 2024-02-12, 2023-12, 2024-H1, P13Y, XXXX-02-10 where the year cannot be known, PRESENT_REF …"
        },
    )
    mod = Text(
        required=True,
        allow_none=True,
        validate=OneOf(tuple(TimeMod)),
        metadata={"description": "초 START, 말 END, 약 APPROX, 미만 LESS_THAN, 이상 EQUAL_OR_MORE …"},
    )
    rule = Text(required=True, metadata={"description": "What found it."})
