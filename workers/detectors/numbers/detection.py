"""The steps of `detect`: figures, then numerals in words, then what relates them."""

import re
from collections.abc import Sequence

from schemas.labels import NumberKind
from workers.annotations import Number, TimeExpression
from workers.detectors.numbers import figures, hints, whole, written
from workers.detectors.numbers.lexicon import Lexicon
from workers.detectors.numbers.reading import Page
from workers.detectors.numbers.token_index import TokenIndex
from workers.document import Document
from workers.spans import Cover, longest, outside

_SOMETHING = re.compile("[0-9０-９½⅓⅔¼¾⅕⅛가-힣一-龥]")


def detect(document: Document, lexicon: Lexicon, times: Sequence[TimeExpression] = ()) -> tuple[Number, ...]:
    """The numbers of the whole document, sorted, none overlapping another nor any of `times`; spans are code points of `document.text`.

    `times` are the times found in it, sorted and disjoint.
    """
    if not _SOMETHING.search(document.text):
        return ()
    elsewhere = Cover(times)
    page = Page(document.text, TokenIndex.of(document), lexicon, elsewhere)
    if number := whole.read(page):
        return () if elsewhere.touches(number.span) else tuple(_related(page, (number,)))
    idle = [sentence for sentence in document.sentences if not sentence.carries_claims]
    found = outside(outside(longest([*figures.find(page), *written.find(page)]), idle), times)
    return tuple(_related(page, found))


def _related(page: Page, found: tuple[Number, ...]) -> list[Number]:
    related: list[Number] = []
    before: Number | None = None
    for number in found:
        span, kind, rule, value, low, high, unit, *_ = number
        before = Number(
            span, kind, rule, value, low, high, unit,
            hints.approximate(page, number),
            hints.bound(page, span),
            hints.restated(page, number, before),
            hints.counted(page, span) if kind is NumberKind.COUNT else None,
            page.lexicon.si.quantity(number) if kind is NumberKind.MEASURE else None,
        )  # fmt: skip
        related.append(before)
    return related
