"""What stands around a number: approximators, bounds, the thing counted, what it restates."""

import re
from itertools import pairwise

from schemas.labels import Bound, NumberKind
from workers.annotations import Number
from workers.detectors.numbers.reading import Page
from workers.document import Span

_NEAR = 8
_VERB = 30  # code points after 까지 in which its verb is looked for
_RESTATES = re.compile(r" ?[(（\[] ?(?:(?:약|대략|한화로?|한국 돈|우리 ?돈(?:으로)?|원화|미화|또는|즉|총|환산|현재 환율 기준) ?)*")
_CLOSING = re.compile(r" ?(?:정도|가량|안팎|상당|규모|수준|쯤|여)? ?[)）\]]")
_SHARES = frozenset({NumberKind.FRACTION, NumberKind.PERCENT, NumberKind.MULTIPLE})
_RESTATED_BY = {
    NumberKind.MONEY: frozenset({NumberKind.MONEY}),
    NumberKind.MEASURE: frozenset({NumberKind.MEASURE}),
    NumberKind.FRACTION: _SHARES - {NumberKind.MULTIPLE},
    NumberKind.PERCENT: _SHARES - {NumberKind.PERCENT},
}
_NOUNS = ("NNG", "NNP", "SL", "XSN", "SN", "SH", "XPN", "XR")


def approximate(page: Page, number: Number) -> bool:
    hints, text, span = page.lexicon.hints, page.text, number.span
    if number.approx:
        return True
    lead = text[max(0, span.start - _NEAR) : span.start]
    found = hints["approx_before"].search(lead)
    if found and not re.match("[가-힣]", lead[found.start() - 1 : found.start()]):
        return number.kind is not NumberKind.AGE or found.group().strip() != "한"  # 한 20대 여성: a woman
    return bool(hints["approx_after"].match(text[span.end : span.end + _NEAR].lstrip(" ")))


def bound(page: Page, span: Span) -> Bound | None:
    limits = page.lexicon.limits
    limit = limits.at(page.text, *span)
    if limit and limit.word == "까지" and _reached(page, span.end):
        limit = limits.ahead_of(page.text, span.start)
    return limit.bound if limit else None


def _reached(page: Page, end: int) -> bool:
    """Whether the first verb after 까지 tells what is come to: 480대까지 늘렸다; not how far one may go."""
    limits, tokens = page.lexicon.limits, page.tokens.between(end, end + _VERB)
    for at, (token, after) in enumerate(pairwise(tokens)):
        if token.tag == "JKB" and token.form == "에":
            return False  # 2위까지 본선에 오른다
        verb = token.tag.startswith("VV")
        if verb or (token.tag == "NNG" and after.tag == "XSV"):
            possible = any(t.form == "수" and t.tag == "NNB" for t in tokens[at + 1 : at + 4])
            return token.form in (limits.verbs if verb else limits.nouns) and not possible
    return False


def restated(page: Page, number: Number, before: Number | None) -> Span | None:
    """The number before it, if this one says it again in brackets: `5달러(약 7000원)`."""
    if before is None or _RESTATED_BY.get(before.kind) is None or number.kind not in _RESTATED_BY[before.kind]:
        return None
    if number.unit == before.unit and (number.value is None or number.value != before.value):
        return None  # the other unit is what makes it a conversion; the same amount may be said in the same unit
    gap = page.text[before.span.end : number.span.start]
    if not _RESTATES.fullmatch(gap) or not _CLOSING.match(page.text, number.span.end):
        return None
    return before.span


def counted(page: Page, span: Span) -> Span | None:
    """The noun that is counted: `GPU 1만 장`, `1만 장의 GPU`."""
    text = page.text
    if text.startswith(" ", span.start - 1) and (noun := _noun_before(page, span.start - 1)):
        return None if page.elsewhere.touches(noun) else noun  # 연내 200명
    if text.startswith("의 ", span.end):
        return _noun_after(page, span.end + 2)
    return None


def _noun_before(page: Page, end: int) -> Span | None:
    start = None
    for token in reversed(page.tokens.before(end, 5)):
        if token.tag not in _NOUNS or token.end != (end if start is None else start):
            break
        start = token.start
    if start is None or page.text[start].isdecimal() or page.text[start:end] in page.lexicon.words["not_counted.words"]:
        return None
    return Span(start, end)


def _noun_after(page: Page, start: int) -> Span | None:
    end = start
    for token in page.tokens.between(start, start + 20):
        if token.tag not in _NOUNS or token.start != end:
            break
        end = token.end
    return Span(start, end) if end > start else None
