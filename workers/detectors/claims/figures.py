"""Figures that a noun phrase reports inside an evaluating clause: the one case where claims nest."""

from collections.abc import Sequence

from schemas.labels import NumberKind
from workers.annotations import Number
from workers.detectors.claims.lexicon import Lexicon
from workers.document import Span

_REPORTED = frozenset(
    (NumberKind.MONEY, NumberKind.PERCENT, NumberKind.PERCENTAGE_POINT, NumberKind.COUNT, NumberKind.MULTIPLE, NumberKind.MEASURE)
)
_REACH = 40  # code points from the number to the noun that it belongs to


def reported(text: str, claim: Span, numbers: Sequence[Number], lexicon: Lexicon) -> Span | None:
    """The phrase at the head of `claim` that reports a figure (`… 1만5000장 확보 계획`), None where there is none."""
    for number in numbers:
        if number.kind in _REPORTED and claim.contains(number.span):
            noun = lexicon.figure.search(text, number.span.end, min(claim.end, number.span.end + _REACH))
            if noun and noun.end() < claim.end:
                return Span(claim.start, noun.end(1))
    return None
