"""The steps of `detect`: figures, then numerals in words, then what relates them."""

import re
from dataclasses import replace

from schemas.labels import NumberKind
from workers.annotations import Number
from workers.detectors.numbers import figures, hints, written
from workers.detectors.numbers.lexicon import Lexicon
from workers.detectors.numbers.reading import Page
from workers.detectors.numbers.token_index import TokenIndex
from workers.document import Document, Span
from workers.numerals import LONGEST, parse
from workers.spans import longest, outside

_AMBIGUOUS = frozenset({"수", "몇", "한", "서", "너", "석", "넉", "반", "조", "경", "해"})
_SOMETHING = re.compile("[0-9０-９½⅓⅔¼¾⅕⅛가-힣一-龥]")


def detect(document: Document, lexicon: Lexicon) -> tuple[Number, ...]:
    """The numbers of the whole document, sorted, none overlapping another; spans are code points of `document.text`."""
    if not _SOMETHING.search(document.text):
        return ()
    page = Page(document.text, TokenIndex.of(document), lexicon)
    if whole := _whole(document.text):
        return (whole,)
    idle = [sentence for sentence in document.sentences if not sentence.carries_claims]
    found = outside(longest([*figures.find(page), *written.find(page)]), idle)
    return tuple(_related(page, found))


def _whole(text: str) -> Number | None:
    """The number where the text is nothing but a numeral: `이백삼십`, `33`."""
    if len(text) > LONGEST or (numeral := parse(text)) is None or text.strip() in _AMBIGUOUS:
        return None
    start = len(text) - len(text.lstrip())
    kind = NumberKind.FRACTION if "분의" in text or "반" in text else NumberKind.PLAIN
    span = Span(start, start + len(text.strip()))
    return Number(span, kind, "whole.numeral", numeral.value, numeral.low, numeral.high, approx=numeral.approx)


def _related(page: Page, found: tuple[Number, ...]) -> list[Number]:
    related: list[Number] = []
    for number in found:
        before = related[-1] if related else None
        related.append(
            replace(
                number,
                approx=hints.approximate(page, number.span, vague=number.approx),
                bound=hints.bound(page, number.span),
                same_as=hints.restated(page, number, before),
                of=hints.counted(page, number.span) if number.kind is NumberKind.COUNT else None,
                si=page.lexicon.si.quantity(number) if number.kind is NumberKind.MEASURE else None,
            )
        )
    return related
