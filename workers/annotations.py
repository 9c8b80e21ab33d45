"""What the detectors find: values that do not change; offsets are `document.Span`s in the normalized text.

Named tuples, since a page makes hundreds and a frozen dataclass takes four times as long to make.
Items point to one another by value or by span, never by id: ids are made when the result is written.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from schemas.labels import AttributionStyle, Bound, ClaimType, EntityType, Modality, NumberKind, TimeMod, TimeType, Transparency
from workers.document import Span


class Quantity(NamedTuple):
    """A measure in a unit of the SI (UCUM): `value`, or `low` and/or `high`, as in the `Number` it converts."""

    unit: str
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None


class Number(NamedTuple):
    """An amount with its unit: either `value`, or `low` and/or `high` of a range. `same_as` is the span of the number it restates,
    `of` the span of the thing counted, `si` what a measure is in the SI, `rule` what made it."""

    span: Span
    kind: NumberKind
    rule: str
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str | None = None
    approx: bool = False
    bound: Bound | None = None
    same_as: Span | None = None
    of: Span | None = None
    si: Quantity | None = None


class TimeExpression(NamedTuple):
    """A calendar time, clock time or duration; `value` is ISO 8601 / TIMEX3."""

    span: Span
    type: TimeType
    value: str
    rule: str
    mod: TimeMod | None = None


class Entity(NamedTuple):
    """One thing with its canonical name and all its mentions in order; `score` is a probability in [0, 1]."""

    type: EntityType
    canonical: str
    mentions: tuple[Span, ...]
    score: float
    rule: str


class Attribution(NamedTuple):
    """Who says `content`: cue first, content second, source third (None where the text names nobody), then how openly it is named."""

    content: Span
    cue: Span
    style: AttributionStyle
    rule: str
    source: Span | None = None
    via: Span | None = None
    hedged: bool = False
    transparency: Transparency = Transparency.NONE


class Reason(NamedTuple):
    """A feature that moved a decision, and by how much (log-odds)."""

    feature: str
    weight: float


class Claim(NamedTuple):
    """A proposition that the text puts forward; `checkworthy` is a calibrated probability in [0, 1].

    `repeats` is the span of the claim that says the same and is worth checking rather than this one.
    """

    span: Span
    type: ClaimType
    modality: Modality
    negated: bool
    checkworthy: float
    rule: str
    reasons: tuple[Reason, ...] = ()
    attribution: Attribution | None = None
    repeats: Span | None = None


@dataclass(frozen=True, slots=True)
class Extraction:
    """All layers of one document."""

    numbers: tuple[Number, ...] = ()
    times: tuple[TimeExpression, ...] = ()
    entities: tuple[Entity, ...] = ()
    claims: tuple[Claim, ...] = ()
