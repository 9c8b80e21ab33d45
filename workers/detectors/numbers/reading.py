"""One numeral with its unit at a place of the text."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from workers.detectors.numbers.lexicon import Lexicon, Unit
from workers.detectors.numbers.token_index import TokenIndex
from workers.numerals import DIGITS, MIXED, NATIVE, SINO, VAGUE, Numeral, parse
from workers.spans import Cover

FIGURES = re.compile(rf"(?:{MIXED}|{DIGITS})여?")
WORDS = re.compile(rf"(?:(?P<vague>{VAGUE})|(?P<native>{NATIVE})|(?P<sino>{SINO}))여?")
MAGNITUDE = re.compile(r"[십백천]?[만억조경]\Z|[백천]\Z")
_SPACED_MAGNITUDE = re.compile(r" (?:[십백천]?만|[십백천]?억|[십백천]?조)(?= ?[가-힣])")
# magnitudes (and 여) that also begin units: 경기, 조각, 여단
_ALSO_UNITS = "조경해여"
_NO_UNIT_TAGS = ("J", "E", "V", "M", "I", "XSV", "XSA")
# units so common that a particle after them outweighs what Kiwi says
_SURE = frozenset({"원", "명", "개", "배", "위", "점", "곳", "건", "대", "세", "살", "회", "번", "도", "톤", "장", "달러", "퍼센트"})
# what may follow a unit even where Kiwi sees one longer word there
_PARTICLE = re.compile(
    r"(?:[은는이가을를의에도만과와로씩짜]|으로|에서|에게|까지|부터|보다|라도|마다|이나|이며|이고|이다|이었다|였다|입니다|이라|인데|대로|밖에|쯤|가량|정도|안팎|남짓|이상|이하|미만|초과)*(?![가-힣])"
)


class Amount(NamedTuple):
    """A numeral at [start, numeral_end) with its unit up to `end`; offsets are code points of the text."""

    start: int
    end: int
    numeral_end: int
    numeral: Numeral
    unit: Unit | None

    def scaled(self, factor: Decimal) -> "Amount":
        return self._replace(numeral=self.numeral.times(factor))


@dataclass(frozen=True, slots=True)
class Page:
    """What every step of the detector reads; `elsewhere` covers what is no number's, whatever stands in it."""

    text: str
    tokens: TokenIndex
    lexicon: Lexicon
    elsewhere: Cover


def read(page: Page, start: int, *, words: bool) -> Amount | None:
    """The numeral at `start` with the unit after it; None where there is no numeral.

    Figures always; numerals in words too where `words` says so.
    """
    match = FIGURES.match(page.text, start) or (WORDS.match(page.text, start) if words else None)
    return complete(page, start, match.end()) if match and match.end() > start else None


def complete(page: Page, start: int, end: int) -> Amount | None:
    """The numeral in [start, end), shortened at spaces and at its last letter until it is one, with the unit after it."""
    text = page.text
    while text[end - 1] == " " and end > start:
        end -= 1
    while (numeral := parse(text[start:end])) is None:
        cut = text.rfind(" ", start, end)
        if cut <= start:
            return None
        end = cut
    if (
        text.startswith(" ", end)
        and (text[end - 1].isdecimal() or text[end - 1] == "여")
        and (spaced := _SPACED_MAGNITUDE.match(text, end))
    ):
        longer = Amount(start, spaced.end(), spaced.end(), parse(text[start : spaced.end()].replace(" ", "")) or numeral, None)
        if unit := unit_at(page, spaced.end()):
            return longer._replace(unit=unit[0], end=unit[1])
    if text[end - 1] in _ALSO_UNITS and (longer_unit := _unit_from_last(page, start, end)):
        return longer_unit
    found = unit_at(page, end)
    return Amount(start, found[1] if found else end, end, numeral, found[0] if found else None)


def _unit_from_last(page: Page, start: int, end: int) -> Amount | None:
    """7경기 is seven games, no 10^16: the last letter of the numeral begins the unit."""
    found = unit_at(page, end - 1)
    if found is None or len(found[0].name) < 2 or (numeral := parse(page.text[start : end - 1])) is None:
        return None
    return Amount(start, found[1], end - 1, numeral, found[0])


def unit_at(page: Page, start: int) -> tuple[Unit, int] | None:
    """The longest unit at `start`, one space allowed before it, and where it ends."""
    text = page.text
    for at in (start, start + 1) if text.startswith(" ", start) else (start,):
        for unit in page.lexicon.units.at(text, at):
            end = at + len(unit.name)
            if (at == start or not text[start - 1].isdecimal() or unit.name not in page.lexicon.words["attached.units"]) and _fits(
                page, unit, at, end
            ):
                return unit, end
    return None


def _fits(page: Page, unit: Unit, start: int, end: int) -> bool:
    """Whether the unit is a word of its own there."""
    text = page.text
    follows, closing = text[end : end + 1], unit.name[-1]
    if (needed := page.lexicon.needed.get(unit.name)) and not needed.match(text, end):
        return False
    if not "가" <= closing <= "힣":
        return not (closing.isascii() and closing.isalnum() and follows.isascii() and follows.isalnum())
    last = page.tokens.covering(end - 1)
    if (
        last is not None
        and last[2] < end < last[3]  # cut
        and "가" <= follows <= "힣"
        and not (unit.name in _SURE and _PARTICLE.match(text, end))
    ):
        return False
    if unit.kind is not None and last is not None and last[2] > start and last[1][0] == "J":
        return False  # 2기 + 가, 1차 + 로
    token = page.tokens.first_at(start)
    return token is None or token[3] < end or not token[1].startswith(_NO_UNIT_TAGS)
