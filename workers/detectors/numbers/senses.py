"""Units that mean several things: the words around the number decide."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from schemas.labels import NumberKind
from workers.detectors.numbers.doubtful import DOUBTFUL
from workers.detectors.numbers.lexicon import Unit
from workers.detectors.numbers.reading import Page
from workers.detectors.numbers.surroundings import Seen, after, before, follows, of_department
from workers.document import Span
from workers.numerals import Numeral

_THIRD = frozenset({"국", "자", "국가"})  # 제3국, 제3자
_MORE_OF_THEM = re.compile(r"(?:(?: ?[,·ㆍ] ?|[과와] | 및 | ?[~∼-] ?)\d{1,4}번){1,20}")  # 26번, 27번, 29번 환자
_ROUNDS_COUNTED = re.compile(r"(?:로|를|을|짜리|동안|이나| 동안| 내내|까지 (?:치|버|진행))")
_FLEET = re.compile(r"(?<![\d,.])(\d{1,3}(?:,\d{3})*)대(?=[ ,.를을의로이가와과])")
_LISTED = frozenset({"", ",", ".", "\n", ")", "를", "씩"})
_NEAR = 150  # code points before, in which vehicles were counted
_IN_ALL = frozenset({"총", "모두", "전체", "모든"})
_KINGS = re.compile(r" ?(?:여왕|국왕|왕|황제|교황|대제|대왕|대공|폐하)")


def settle(page: Page, span: Span, unit: Unit, numeral: Numeral) -> Unit | None:
    """The unit in the sense it has there; None where the whole is no number. `span` is the number's with its unit."""
    if unit.kind is None:
        sense = _SENSES.get(unit.name)
        return sense(Seen(page, span, unit, numeral)) if sense else None
    if page.text[span.start] == "제":
        return None if unit.name in _THIRD else _ordinal(unit, "ordinal")
    if sense := _SENSES.get(unit.name):
        return sense(Seen(page, span, unit, numeral))
    if unit.kind is NumberKind.MEASURE and (rate := _rate(page, span, unit)):
        return rate
    return unit


def _ordinal(unit: Unit, rule: str) -> Unit:
    return unit._replace(kind=NumberKind.ORDINAL, code=None, rule=f"senses.{rule}")


def _vehicles(seen: Seen) -> Unit | None:
    """대: an age in tens (20대 여성), the top so many (10대 그룹), the so-manieth (제45대), else vehicles."""
    words, text = seen.page.lexicon.words, seen.page.text
    if after(seen.page, seen.span.end, words["ages.terms"]):
        return _ordinal(seen.unit, "term")
    tens = seen.numeral.least in range(10, 100, 10) and seen.numeral.most < 100
    if not tens or text[seen.span.end - 2 : seen.span.end - 1] == " ":
        return seen.unit
    if not after(seen.page, seen.span.end, words["ages.surely"]) and (
        before(seen.page, seen.span.start, words["ages.not_people_before"])
        or after(seen.page, seen.span.end, words["ages.not_people_after"])
        or _of_a_fleet(text, seen.span)
    ):
        return seen.unit
    return seen.unit._replace(kind=NumberKind.AGE, code=None, rule="senses.age_in_tens")


def _of_a_fleet(text: str, span: Span) -> bool:
    """버스 120대 … 6월 40대, 9월 40대: where vehicles were counted just before, and nothing is said of who is 40."""
    if text[span.end : span.end + 1] not in _LISTED:
        return False
    return any(
        int(found[1].replace(",", "")) not in range(10, 100, 10) for found in _FLEET.finditer(text, max(0, span.start - _NEAR), span.start)
    )


def _degrees(seen: Seen) -> Unit | None:
    if seen.page.text[max(0, seen.span.start - 3) : seen.span.start].rstrip().endswith("서해"):
        return None  # five islands
    for code, words in seen.page.lexicon.degrees.items():
        if before(seen.page, seen.span.start, words, near=8):
            if code == "%":
                return Unit(seen.unit.name, NumberKind.PERCENT, "%", "senses.alcohol")
            return seen.unit._replace(code=code, rule="senses.degrees")
    if after(seen.page, seen.span.end, frozenset({"화상"})):
        return seen.unit._replace(kind=NumberKind.RANK, code=None, rule="senses.burn")
    return seen.unit


def _points(seen: Seen) -> Unit | None:
    words, tail = seen.page.lexicon.words, seen.page.text[seen.span.end : seen.span.end + 8]
    if follows(seen.page, seen.span.start, words["exhibits.words"]) or any(word in tail for word in words["exhibits.after"]):
        return Unit(seen.unit.name, NumberKind.COUNT, seen.unit.name, "senses.exhibits")
    return seen.unit


def _machines(seen: Seen) -> Unit | None:
    """기: so many reactors, rockets, cranes; else which term (2기 행정부)."""
    machines = seen.page.lexicon.words["machines.words"]
    if seen.numeral.most >= 20 or before(seen.page, seen.span.start, machines) or seen.page.text[seen.span.end - 2] == " ":
        return Unit(seen.unit.name, NumberKind.COUNT, seen.unit.name, "senses.machines")
    return seen.unit


def _rounds(seen: Seen) -> Unit | None:
    """라운드: which one, in figures (1라운드 2차전); so many (38라운드로, 12라운드를, 세 라운드) else."""
    counted = _ROUNDS_COUNTED.match(seen.page.text, seen.span.end) or before(seen.page, seen.span.start, _IN_ALL, 4)
    return seen.unit if counted or not seen.page.text[seen.span.start].isdecimal() else _ordinal(seen.unit, "round")


def _shares(seen: Seen) -> Unit | None:
    words = seen.page.lexicon.words["shares.words"]
    if seen.numeral.most >= 1000 or before(seen.page, seen.span.start, words, 24) or after(seen.page, seen.span.end, words, 24):
        return seen.unit
    return None  # weeks: a duration


def _which(seen: Seen) -> Unit | None:
    """번: the so-manieth exit, bus, player; else how often."""
    words = seen.page.lexicon.words
    listed = _MORE_OF_THEM.match(seen.page.text, seen.span.end)
    if after(seen.page, listed.end() if listed else seen.span.end, words["ordinal_things.after"]) or before(
        seen.page, seen.span.start, words["ordinal_things.before"], 6
    ):
        return _ordinal(seen.unit, "which")
    return seen.unit


def _parts(seen: Seen) -> Unit | None:
    """부: which part of a work, or so many copies."""
    if of_department(seen):
        return None
    if seen.numeral.most >= 30 or seen.page.text[seen.span.end - 2] == " ":
        return Unit(seen.unit.name, NumberKind.COUNT, seen.unit.name, "senses.copies")
    return seen.unit


def _persons(seen: Seen) -> Unit | None:
    """분: persons with a native numeral or a particle of respect, else minutes."""
    if (
        re.match(r"[두세네한]|다섯|여섯|일곱|여덟|아홉|열", seen.page.text[seen.span.start : seen.span.end])
        and seen.page.text[seen.span.start].isalpha()
    ):
        return Unit(seen.unit.name, NumberKind.COUNT, seen.unit.name, "senses.persons")
    return None


def _heirs(seen: Seen) -> Unit | None:
    """세: years of age, but a generation after 재벌 …"""
    if before(seen.page, seen.span.start, frozenset({"재벌", "교포", "동포", "창업", "오너", "재미", "재일", "이민"}), 5):
        return _ordinal(seen.unit, "generation")
    if seen.numeral.most > 150 or _KINGS.match(seen.page.text, seen.span.end):
        return None
    lead = seen.page.tokens.before(seen.span.start, 1)
    if seen.numeral.most < 17 and lead and lead[0].tag == "NNP" and lead[0].end >= seen.span.start - 1:
        return None  # a dynasty's 2세
    return seen.unit


def _pounds(seen: Seen) -> Unit | None:
    if before(seen.page, seen.span.start, frozenset({"무게", "체중", "몸무게", "중량", "kg(", "㎏(", "킬로그램("})):
        return Unit(seen.unit.name, NumberKind.MEASURE, "[lb_av]", "senses.pounds")
    return seen.unit


def _generations(seen: Seen) -> Unit | None:
    """세대: households by the dozen, else which generation."""
    if seen.numeral.most < 12 and seen.page.text[seen.span.end - 3 : seen.span.end - 2] != " ":
        return _ordinal(seen.unit, "generation")
    return seen.unit


def _stages(seen: Seen) -> Unit | None:
    """단계: so many stages with a native numeral, else which."""
    return (
        _ordinal(seen.unit, "stage")
        if seen.page.text[seen.span.start].isdecimal() and seen.page.text[seen.span.end - 3] != " "
        else seen.unit
    )


def _rate(page: Page, span: Span, unit: Unit) -> Unit | None:
    """시속 100㎞ is a speed."""
    for word, per in page.lexicon.rates.items():
        if page.text[max(0, span.start - 5) : span.start].rstrip(" 약").endswith(word) and unit.code in ("km", "m", "cm", "[mi_i]"):
            return unit._replace(code=f"{unit.code}{per}", rule="senses.rate")
    return None


def _episodes(seen: Seen) -> Unit | None:
    """편: so many films after such a noun, else which part; a flight is a name."""
    if re.search(r"(?:항공|에어|[A-Z]{2}) ?\Z", seen.page.text[max(0, seen.span.start - 4) : seen.span.start]):
        return None
    if (
        not seen.page.text[seen.span.start].isdecimal()
        or seen.numeral.most > 10
        or follows(seen.page, seen.span.start, seen.page.lexicon.words["works.words"])
    ):
        return seen.unit
    if re.search(r"(?:총|모두|약|무려|최대|최소) \Z", seen.page.text[max(0, seen.span.start - 3) : seen.span.start]):
        return seen.unit
    return _ordinal(seen.unit, "part")


def _grade(seen: Seen) -> Unit | None:
    """단: a rank in martial arts and 바둑, else bundles or layers."""
    lead = seen.page.tokens.before(seen.span.start, 1)
    if follows(seen.page, seen.span.start, frozenset({"태권도", "유도", "검도", "바둑", "합기도", "아마", "프로"})) or (
        lead and lead[0].tag == "NNP"
    ):
        return Unit(seen.unit.name, NumberKind.RANK, None, "senses.grade")
    return seen.unit


def _feet(seen: Seen) -> Unit | None:
    """자: letters, but 석 자, 넉 자 are an old length."""
    if seen.page.text[seen.span.start] in "석넉닷엿":
        return Unit(seen.unit.name, NumberKind.MEASURE, seen.unit.name, "senses.feet")
    return seen.unit


_SENSES: Final[Mapping[str, Callable[[Seen], Unit | None]]] = {
    **DOUBTFUL,
    "대": _vehicles,
    "도": _degrees,
    "점": _points,
    "기": _machines,
    "라운드": _rounds,
    "주": _shares,
    "번": _which,
    "부": _parts,
    "분": _persons,
    "세": _heirs,
    "파운드": _pounds,
    "세대": _generations,
    "단계": _stages,
    "편": _episodes,
    "단": _grade,
    "자": _feet,
}
