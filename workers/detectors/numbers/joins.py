"""Two numerals that are one number: ranges, fractions, scores."""

import re
from decimal import Decimal
from typing import NamedTuple

from schemas.labels import NumberKind
from workers.detectors.numbers.lexicon import Unit
from workers.detectors.numbers.reading import MAGNITUDE, Amount, Page, read
from workers.numerals import Numeral, parse

_RANGE = re.compile(r" ?[~∼〜～–—-] ?| ?내지 ?|에서 |부터 ")
_JOINING = frozenset(" 분/⁄대-–:~∼〜～—내에부")  # what any of them begins with
_BELOW_ZERO = re.compile(r"(?:영하|영상|마이너스) ?")
_CLOSED = re.compile(r" ?(?:까지|사이|수준|정도|가량|안팎|내외|규모|선)")
_OF = re.compile(r" ?분의 ?")
_SLASH = re.compile(r"[/⁄](?=[0-9])")
_AFTER_SLASH = re.compile(r"(?:로|의|이|가|을|를|은|는|만|도|에|토막| ?수준| ?정도| ?이상| ?가량| ?이하)")
_VERSUS = re.compile(r" ?대 ?|[-–:](?=[0-9])")
_AFTER_SCORE = re.compile(
    r" ?(?:으로|로|의 |이었|이다|이며|였|을|를|이 |가 |은 |는 |에 |까지|정도|승|패|무승부|완승|역전|대승|신승|완패|동점|스코어|비율|경쟁률)"
    r"|[,.)]|$|\s"
)
_WON = re.compile(r" ?(?:으로|로 |승|패|무승부|완승|역전|동점|대승)")
_COMPETITION = re.compile("경쟁률|비율|청약|모집|채용|지원율")
_HUGE = Decimal(10) ** 30


class Joined(NamedTuple):
    """Where it ends, what it is worth, and what it is."""

    end: int
    numeral: Numeral
    unit: Unit | None
    kind: NumberKind | None
    rule: str


def join(page: Page, first: Amount, *, words: bool) -> Joined | None:
    """What `first` makes together with the numeral after it, if anything."""
    text = page.text
    if text[first.numeral_end : first.numeral_end + 1] not in _JOINING and text[first.end : first.end + 1] not in _JOINING:
        return None
    if of := _OF.match(text, first.numeral_end):
        return _fraction(page, first, of.end())
    if slash := _SLASH.match(text, first.numeral_end):
        return _slash(page, first, slash.end())
    if (versus := _VERSUS.match(text, first.numeral_end)) and (score := _score(page, first, versus)):
        return score
    if between := _RANGE.match(text, first.end):
        return _range(page, first, between, words=words)
    return None


def _fraction(page: Page, below: Amount, start: int) -> Joined | None:
    above = read(page, start, words=True)
    if above is None or above.numeral.value is None or not below.numeral.value:
        return None
    numeral = parse(f"{page.text[below.start : below.numeral_end]}분의 {page.text[start : above.numeral_end]}")
    return Joined(above.numeral_end, numeral, None, NumberKind.FRACTION, "joins.fraction") if numeral else None


def _slash(page: Page, above: Amount, start: int) -> Joined | None:
    below = read(page, start, words=False)
    if (
        below is None
        or below.numeral.value is None
        or above.numeral.value is None
        or not 0 < above.numeral.value < below.numeral.value <= 100
    ):
        return None
    if not _AFTER_SLASH.match(page.text, below.numeral_end):
        return None
    return Joined(below.numeral_end, Numeral(above.numeral.value / below.numeral.value), None, NumberKind.FRACTION, "joins.fraction")


def _score(page: Page, first: Amount, versus: re.Match[str]) -> Joined | None:
    """`3-1`, `2대 0`: two small numbers; `5.5대 1`, a proportion to one, is a multiple."""
    second = read(page, versus.end(), words=False)
    if second is None or first.numeral.value is None or second.numeral.value is None:
        return None
    won = _WON.match(page.text, second.numeral_end)
    if not won and (second.unit or not _AFTER_SCORE.match(page.text, second.numeral_end)):
        return None
    home, guest = first.numeral.value, second.numeral.value
    around = page.text[max(0, first.start - 20) : first.start] + page.text[second.numeral_end : second.numeral_end + 8]
    if "대" in versus.group() and guest == 1 and (home > 10 or home != int(home) or _COMPETITION.search(around)):
        return Joined(second.numeral_end, Numeral(home), None, NumberKind.MULTIPLE, "joins.proportion")
    if home == guest == 1 and not won:
        return Joined(second.numeral_end, Numeral(home), None, None, "joins.one_to_one")
    if max(home, guest) > 200 or home != int(home) or guest != int(guest):
        return None
    if versus.group() == ":" and second.numeral_end - versus.end() > 1 and guest < 60:
        return None  # a clock
    if versus.group() in "-–" and not won:
        return None
    return Joined(second.numeral_end, Numeral(low=min(home, guest), high=max(home, guest)), None, NumberKind.SCORE, "joins.score")


def _range(page: Page, first: Amount, between: re.Match[str], *, words: bool) -> Joined | None:
    text, sign = page.text, between.group().strip()
    below = _BELOW_ZERO.match(text, between.end())
    start = below.end() if below else between.end()
    second = read(page, start, words=words or sign in ("에서", "부터", "내지"))
    if second is None or second.numeral_end == start:
        return None
    frost = text.endswith(("영하", "영하 "), 0, first.start)
    if below and below[0][:2] != "영상":
        second = second.scaled(Decimal(-1))
    elif frost and not below:  # 영하 10∼5도
        second = second.scaled(Decimal(-1))
        if second.numeral.most < first.numeral.least:
            numeral = Numeral(low=second.numeral.least, high=first.numeral.most)
            return Joined(second.end, numeral, second.unit, None, "joins.range")
    if first.unit and second.unit and first.unit[1:3] != second.unit[1:3]:
        return None
    if first.unit and second.unit is None:
        return None
    if sign == "-" and (" " in between.group() or second.unit is None):
        return None
    if sign in ("에서", "부터"):
        vague = first.numeral.value is None and second.numeral.value is None and first.unit is None
        if not vague and not _CLOSED.match(text, second.end):
            return None
    low = first.numeral
    magnitude = MAGNITUDE.search(text, between.end(), second.numeral_end)
    if magnitude and not MAGNITUDE.search(text, first.start, first.numeral_end):
        factor = parse(magnitude.group())
        if factor and factor.value and low.most * factor.value <= second.numeral.most:
            low = low.times(factor.value)
    if not low.least < second.numeral.most < _HUGE:
        return None
    approx = low.approx or second.numeral.approx
    numeral = Numeral(low=low.least, high=second.numeral.most, approx=approx)
    return Joined(second.end, numeral, second.unit, None, "joins.range")
