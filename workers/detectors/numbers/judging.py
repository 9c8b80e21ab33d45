"""From an amount that was read to a `Number`, or to nothing."""

import re
from decimal import Decimal

from schemas.labels import NumberKind
from workers.annotations import Number
from workers.detectors.numbers.joins import join
from workers.detectors.numbers.lexicon import Unit
from workers.detectors.numbers.reading import Amount, Page
from workers.detectors.numbers.senses import settle
from workers.detectors.numbers.surroundings import after, before
from workers.document import Span
from workers.numerals import Numeral, parse

_ARTICLES_BEFORE = re.compile(r"(?:[0-9]조(?:의|와|과|,| 및| 또는|·)?|법|계약|약관|조항|규약|정관|강령) ?\Z")
_AND_HALF = re.compile(
    r" ?반(?=[,.!?)]| ?(?:정도|쯤|가량|씩|이나|넘게|이상)|[을를만은](?![가-힣])|이다|이었|짜리| [가-힣]|$)(?! ?(?:으로|편성|학생|담임))"
)
_ELIDED = re.compile(r"(?P<high>.*(?P<magnitude>[억조])) ?(?P<low>[0-9일이삼사오육칠팔구]{1,3}[천백])")
_HINT = re.compile(r" ?(?:이상|이하|미만|초과|정도|안팎|내외|가량|남짓)의? ")


def judge(page: Page, amount: Amount, *, words: bool, start: int | None = None) -> tuple[Number | None, int]:
    """The number that `amount` begins, None if it is none, and where reading goes on.

    `start` is where the span starts, if before the numeral (a sign).
    """
    start = amount.start if start is None else start
    joined = join(page, amount, words=words)
    end, numeral, unit = (joined.end, joined.numeral, joined.unit) if joined else (amount.end, amount.numeral, amount.unit)
    if joined and joined.rule == "joins.one_to_one":
        return None, end
    if joined and joined.kind:
        return number(Span(start, end), joined.kind, numeral, None, joined.rule), end
    if unit and numeral.value == 1 and page.text.startswith("당", end) and not joined:
        return None, end  # 1인당: a rate, not an amount
    if unit:
        settled = settle(page, Span(start, end), unit, numeral)
        if settled is None or settled.kind is None:
            return None, end
        if settled.factor is not None:
            numeral = numeral.times(settled.factor)
        numeral, end = _and_half(page, amount, unit, numeral, end)
        return number(Span(start, end), settled.kind, numeral, settled, settled.rule), end
    return bare(page, Span(start, end), numeral, page.text[amount.start : end]), end


def _and_half(page: Page, amount: Amount, unit: Unit, numeral: Numeral, end: int) -> tuple[Numeral, int]:
    """두 컵 반 is two and a half; 3개 반 are three classes."""
    if numeral.value is None or unit.name not in page.lexicon.words["halves.units"]:
        return numeral, end
    half = _AND_HALF.match(page.text, end)
    if half is None:
        return numeral, end
    if unit.name == "개" and page.text[amount.start].isdecimal():
        return numeral, end
    return Numeral(numeral.value + Decimal("0.5"), approx=numeral.approx), half.end()


def number(span: Span, kind: NumberKind, numeral: Numeral, unit: Unit | None, rule: str) -> Number:
    if kind is NumberKind.AGE and unit and unit.name == "대":
        numeral = Numeral(low=numeral.least, high=numeral.most + 9, approx=numeral.approx)
    return Number(span, kind, rule, numeral.value, numeral.low, numeral.high, unit.code if unit else None, numeral.approx)


def _in_full(elided: "re.Match[str]") -> Numeral | None:
    """3억5천, said without a unit, is 3억 5천만."""
    high, low = parse(elided["high"]), parse(elided["low"])
    if high is None or low is None or high.value is None or low.value is None:
        return None
    return Numeral(high.value + low.value * (10**4 if elided["magnitude"] == "억" else 10**8))


def bare(page: Page, span: Span, numeral: Numeral, written: str) -> Number | None:
    """A numeral without a unit: money or people by what stands beside it, or nothing."""
    words = page.lexicon.words
    if elided := _ELIDED.fullmatch(written):
        numeral = _in_full(elided) or numeral
    if written.endswith("조") and _ARTICLES_BEFORE.search(page.text[max(0, span.start - 8) : span.start]):
        return None
    if any(magnitude in written for magnitude in "만억조경萬億兆"):
        hint = _HINT.match(page.text, span.end)
        counted = before(page, span.start, words["countable_heads.words"], 8) or after(
            page, hint.end() if hint else span.end, words["countable_heads.words"]
        )
        if counted:
            return number(span, NumberKind.COUNT, numeral, None, "bare.counted")
        money = before(page, span.start, words["money_heads.words"], 10) or after(page, span.end, words["money_heads.words"])
        if money or any(magnitude in written for magnitude in "억조"):
            return Number(span, NumberKind.MONEY, "bare.money", numeral.value, numeral.low, numeral.high, "KRW", numeral.approx)
        thing = page.tokens.first_at(span.end + 1) if page.text.startswith(" ", span.end) else None
        counted = (
            thing is not None
            and thing.tag in ("NNG", "NNP", "SL")
            and (thing.form not in words["hints_as_nouns.words"] or page.text.startswith("의 ", thing.end))
        )
        kind = NumberKind.COUNT if counted else NumberKind.PLAIN
        return number(span, kind, numeral, None, "bare.magnitude")
    if "," in written or numeral.approx or any(magnitude in written for magnitude in "천백십"):
        return number(span, NumberKind.PLAIN, numeral, None, "bare.figures")
    return None
