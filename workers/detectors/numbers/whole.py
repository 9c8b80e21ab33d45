"""A text that is nothing but a number: `이백삼십`, `이 리터`, `10~20`, `2와 3분의 1`. Nothing around it can say otherwise."""

import re
from decimal import Decimal
from typing import Final

from schemas.labels import NumberKind
from workers.annotations import Number
from workers.detectors.numbers.reading import Page
from workers.document import Span
from workers.lazy_pattern import LazyPattern
from workers.numerals import BIG_MAGNITUDES, DIGITS, LONGEST, READ_OUT, SINO, SMALL_MAGNITUDES, Numeral, parse

_AMBIGUOUS: Final = frozenset({"수", "몇", "한", "서", "너", "석", "넉", "반", "조", "경", "해"})
_RANGE: Final = re.compile(r"(.+?)(?: ?[~∼～〜] ?|에서 ?| 내지 )(.+?)(?:까지)?")
_MIXED_FRACTION: Final = re.compile(r"(.+?)[과와] ?(.+ ?분의 ?.+)")
_WITH_UNIT: Final = LazyPattern(
    rf"(?P<sign>마이너스 ?|영하 ?|-)?(?P<numeral>{READ_OUT}|{SINO}|{DIGITS}(?:{SMALL_MAGNITUDES}|{BIG_MAGNITUDES})?)"
    r"(?P<gap> ?)(?P<unit>[^ 0-9][^0-9]{0,11})"
)
_UNITS: Final = frozenset({NumberKind.MEASURE, NumberKind.MONEY, NumberKind.PERCENT, NumberKind.PERCENTAGE_POINT})
_RANKS: Final = frozenset({"등", "위"})


def read(page: Page) -> Number | None:
    """The number that the whole text is, spaces around it aside; None where it is none, or needs what stands around it."""
    text = page.text.strip()
    if len(text) > LONGEST or text in _AMBIGUOUS:
        return None
    start = page.text.index(text)
    span = Span(start, start + len(text))
    if (numeral := parse(text)) and not ("/" in text and numeral.least >= 1):  # 3/1 may be a day
        kind = NumberKind.FRACTION if "분의" in text or "반" in text or "/" in text else NumberKind.PLAIN
        return _number(span, kind, "whole.numeral", numeral)
    if mixed := _MIXED_FRACTION.fullmatch(text):
        whole, part = parse(mixed[1]), parse(mixed[2])
        if whole and part and whole.value is not None and part.value is not None:
            return _number(span, NumberKind.FRACTION, "whole.mixed_fraction", Numeral(whole.value + part.value))
    if ends := _RANGE.fullmatch(text):
        low, high = parse(ends[1]), parse(ends[2])
        if low and high and low.value is not None and high.value is not None and low.value < high.value:
            return _number(span, NumberKind.PLAIN, "whole.range", Numeral(low=low.value, high=high.value))
    return _with_unit(page, span, text)


def _with_unit(page: Page, span: Span, text: str) -> Number | None:
    """Only units that make an amount of whatever stands before them: 이 리터, 삼 달러, 이등; not 이 건."""
    amount = _WITH_UNIT.fullmatch(text)
    if amount is None or (numeral := parse(amount["numeral"])) is None:
        return None
    code = page.lexicon.signs.get(amount["unit"])
    if code:
        return _number(span, NumberKind.MONEY, "whole.sign", numeral, code)
    unit = page.lexicon.units.names.get(amount["unit"])
    if unit is None or not (unit.kind in _UNITS or (unit.name in _RANKS and not amount["gap"])):
        return None
    if (
        not amount["sign"]
        and len(unit.name) == 1
        and len(amount["numeral"]) == 1
        and unit.name not in _RANKS
        and not amount["numeral"].isdecimal()
    ):
        return None  # 이 도, 오 평
    if amount["sign"]:
        numeral = numeral.times(Decimal(-1))
    if unit.factor is not None:
        numeral = numeral.times(unit.factor)
    kind = unit.kind or NumberKind.PLAIN
    return _number(span, kind, f"whole.{kind.value}", numeral, unit.code)


def _number(span: Span, kind: NumberKind, rule: str, numeral: Numeral, code: str | None = None) -> Number:
    return Number(span, kind, rule, numeral.value, numeral.low, numeral.high, code, numeral.approx)
