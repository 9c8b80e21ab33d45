"""Units that mean several things: the words around the number decide."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from schemas.labels import NumberKind
from workers.detectors.numbers.lexicon import Unit
from workers.detectors.numbers.reading import Page
from workers.document import Span
from workers.numerals import Numeral

_NEAR = 14  # code points that count as near
_BETWEEN = re.compile(r"(?: ?(?:등|중|총|약|모두|전|무려|가운데|각각|까지))*[ ,]*$")
_THIRD = frozenset({"국", "자", "국가"})  # 제3국, 제3자
_KINGS = re.compile(r" ?(?:여왕|국왕|왕|황제|교황|대제|대왕|대공|폐하)")
_DEPARTMENT = re.compile(
    r"(?:형사|민사|공안|특수|수사|행정|합의|강력|조사|첨단|범죄|형사합의|민사합의|대법원|대검|특별|가사|외사|금융|공정거래|부패|강력|합의부|단독) ?제?$"
)

Sense = Callable[[Page, Span, Unit, Numeral], Unit | None]


def settle(page: Page, span: Span, unit: Unit, numeral: Numeral) -> Unit | None:
    """The unit in the sense it has there; None where the whole is no number. `span` is the number's with its unit."""
    if unit.kind is None:
        sense = _SENSES.get(unit.name)
        return sense(page, span, unit, numeral) if sense else None
    if page.text[span.start] == "제":
        return None if unit.name in _THIRD else _ordinal(unit, "ordinal")
    if sense := _SENSES.get(unit.name):
        return sense(page, span, unit, numeral)
    if unit.kind is NumberKind.MEASURE and (rate := _rate(page, span, unit)):
        return rate
    return unit


def before(page: Page, start: int, words: frozenset[str], near: int = _NEAR) -> bool:
    """Whether one of the words stands near before `start`."""
    window = page.text[max(0, start - near) : start]
    return any(word in window for word in words)


def after(page: Page, end: int, words: frozenset[str], near: int = _NEAR) -> bool:
    """Whether the next word after `end` begins with one of the words."""
    rest = page.text[end : end + near].lstrip(" ")
    return any(rest.startswith(word) for word in words)


def _follows(page: Page, start: int, words: frozenset[str]) -> bool:
    """Whether the word right before `start` ends with one of the words (등, 중, 총 … between do not matter)."""
    lead = _BETWEEN.sub("", page.text[max(0, start - 20) : start])
    return lead.endswith(tuple(words))


def _ordinal(unit: Unit, rule: str) -> Unit:
    return unit._replace(kind=NumberKind.ORDINAL, code=None, rule=f"senses.{rule}")


def _vehicles(page: Page, span: Span, unit: Unit, numeral: Numeral) -> Unit | None:
    """대: an age in tens (20대 여성), the top so many (10대 그룹), the so-manieth (제45대), else vehicles."""
    words, text = page.lexicon.words, page.text
    if after(page, span.end, words["ages.terms"]):
        return _ordinal(unit, "term")
    tens = numeral.least in range(10, 100, 10) and numeral.most < 100
    if not tens or text[span.end - 2 : span.end - 1] == " ":
        return unit
    if before(page, span.start, words["ages.not_people_before"]) or after(page, span.end, words["ages.not_people_after"]):
        return unit
    return unit._replace(kind=NumberKind.AGE, code=None, rule="senses.age_in_tens")


def _degrees(page: Page, span: Span, unit: Unit, numeral: Numeral) -> Unit | None:
    if page.text[max(0, span.start - 3) : span.start].rstrip().endswith("서해"):
        return None  # five islands
    for code, words in page.lexicon.degrees.items():
        if before(page, span.start, words, near=8):
            if code == "%":
                return Unit(unit.name, NumberKind.PERCENT, "%", "senses.alcohol")
            return unit._replace(code=code, rule="senses.degrees")
    if after(page, span.end, frozenset({"화상"})):
        return unit._replace(kind=NumberKind.RANK, code=None, rule="senses.burn")
    return unit


def _points(page: Page, span: Span, unit: Unit, numeral: Numeral) -> Unit | None:
    if _follows(page, span.start, page.lexicon.words["exhibits.words"]):
        return Unit(unit.name, NumberKind.COUNT, unit.name, "senses.exhibits")
    return unit


def _machines(page: Page, span: Span, unit: Unit, numeral: Numeral) -> Unit | None:
    """기: so many reactors, rockets, cranes; else which term (2기 행정부)."""
    machines = page.lexicon.words["machines.words"]
    if numeral.most >= 20 or before(page, span.start, machines) or page.text[span.end - 2] == " ":
        return Unit(unit.name, NumberKind.COUNT, unit.name, "senses.machines")
    return unit


def _shares(page: Page, span: Span, unit: Unit, numeral: Numeral) -> Unit | None:
    words = page.lexicon.words["shares.words"]
    if numeral.most >= 1000 or before(page, span.start, words, 24) or after(page, span.end, words, 24):
        return unit
    return None  # weeks: a duration


def _which(page: Page, span: Span, unit: Unit, numeral: Numeral) -> Unit | None:
    """번: the so-manieth exit, bus, player; else how often."""
    words = page.lexicon.words
    if after(page, span.end, words["ordinal_things.after"]) or before(page, span.start, words["ordinal_things.before"], 6):
        return _ordinal(unit, "which")
    return unit


def _parts(page: Page, span: Span, unit: Unit, numeral: Numeral) -> Unit | None:
    """부: which part of a work, or so many copies."""
    if _DEPARTMENT.search(page.text[max(0, span.start - 8) : span.start]):
        return None
    if numeral.most >= 30 or page.text[span.end - 2] == " ":
        return Unit(unit.name, NumberKind.COUNT, unit.name, "senses.copies")
    return unit


def _persons(page: Page, span: Span, unit: Unit, numeral: Numeral) -> Unit | None:
    """분: persons with a native numeral or a particle of respect, else minutes."""
    if re.match(r"[두세네한]|다섯|여섯|일곱|여덟|아홉|열", page.text[span.start : span.end]) and page.text[span.start].isalpha():
        return Unit(unit.name, NumberKind.COUNT, unit.name, "senses.persons")
    return None


def _dong(page: Page, span: Span, unit: Unit, numeral: Numeral) -> Unit | None:
    """동: Vietnamese money, buildings, or an address."""
    if before(page, span.start, frozenset({"베트남", "VND"}), 60) or numeral.most >= 5000:
        return unit
    if re.search("[가-힣]$", page.text[max(0, span.start - 1) : span.start]):
        return None
    if numeral.most < 100 and not re.match(r" ?\d+호", page.text[span.end : span.end + 6]):
        return Unit(unit.name, NumberKind.COUNT, unit.name, "senses.buildings")
    return None


def _law(page: Page, span: Span, unit: Unit, numeral: Numeral) -> Unit | None:
    """조: groups of people; 제3조 is an article."""
    return None if re.match(r" ?\d+항|의 ?\d|[^가-힣]*(?:위반|에 따라|에 의거)", page.text[span.end : span.end + 12]) else unit


def _heirs(page: Page, span: Span, unit: Unit, numeral: Numeral) -> Unit | None:
    """세: years of age, but a generation after 재벌 …"""
    if before(page, span.start, frozenset({"재벌", "교포", "동포", "창업", "오너", "재미", "재일", "이민"}), 5):
        return _ordinal(unit, "generation")
    if numeral.most > 150 or _KINGS.match(page.text, span.end):
        return None
    lead = page.tokens.before(span.start, 1)
    if numeral.most < 17 and lead and lead[0].tag == "NNP" and lead[0].end >= span.start - 1:
        return None  # a dynasty's 2세
    return unit


def _pounds(page: Page, span: Span, unit: Unit, numeral: Numeral) -> Unit | None:
    if before(page, span.start, frozenset({"무게", "체중", "몸무게", "중량"})):
        return Unit(unit.name, NumberKind.MEASURE, "[lb_av]", "senses.pounds")
    return unit


def _times_or_addresses(page: Page, span: Span, unit: Unit, numeral: Numeral) -> Unit | None:
    """호: which one; a bill, a patient, a room. Rooms are addresses."""
    if re.search(r"동 ?$", page.text[max(0, span.start - 2) : span.start]):
        return None
    return unit


def _generations(page: Page, span: Span, unit: Unit, numeral: Numeral) -> Unit | None:
    """세대: households by the dozen, else which generation."""
    if numeral.most < 12 and page.text[span.end - 3 : span.end - 2] != " ":
        return _ordinal(unit, "generation")
    return unit


def _stages(page: Page, span: Span, unit: Unit, numeral: Numeral) -> Unit | None:
    """단계: so many stages with a native numeral, else which."""
    return _ordinal(unit, "stage") if page.text[span.start].isdecimal() and page.text[span.end - 3] != " " else unit


def _rate(page: Page, span: Span, unit: Unit) -> Unit | None:
    """시속 100㎞ is a speed."""
    for word, per in page.lexicon.rates.items():
        if page.text[max(0, span.start - 5) : span.start].rstrip(" 약").endswith(word) and unit.code in ("km", "m", "cm", "[mi_i]"):
            return unit._replace(code=f"{unit.code}{per}", rule="senses.rate")
    return None


def _episodes(page: Page, span: Span, unit: Unit, numeral: Numeral) -> Unit | None:
    """편: so many films after such a noun, else which part; a flight is a name."""
    if re.search(r"(?:항공|에어|[A-Z]{2}) ?$", page.text[max(0, span.start - 4) : span.start]):
        return None
    if not page.text[span.start].isdecimal() or numeral.most > 10 or _follows(page, span.start, page.lexicon.words["works.words"]):
        return unit
    if re.search(r"(?:총|모두|약|무려|최대|최소) $", page.text[max(0, span.start - 3) : span.start]):
        return unit
    return _ordinal(unit, "part")


def _grade(page: Page, span: Span, unit: Unit, numeral: Numeral) -> Unit | None:
    """단: a rank in martial arts and 바둑, else bundles."""
    if page.text[span.start].isdecimal() and page.text[span.end - 2] != " ":
        return Unit(unit.name, NumberKind.RANK, None, "senses.grade")
    return unit


def _place(page: Page, span: Span, unit: Unit, numeral: Numeral) -> Unit | None:
    """등: a place when it is attached; `3, 4 등` is a list cut short."""
    return None if page.text[span.end - 2] == " " else unit


def _bodies(page: Page, span: Span, unit: Unit, numeral: Numeral) -> Unit | None:
    """구: bodies; with figures rather districts (강남 3구) or pitches."""
    return (
        unit if not page.text[span.start].isdecimal() or _follows(page, span.start, frozenset({"시신", "유해", "시체", "유골"})) else None
    )


def _class(page: Page, span: Span, unit: Unit, numeral: Numeral) -> Unit | None:
    return unit if numeral.most <= 3 else None


_SENSES: Final[Mapping[str, Sense]] = {
    "대": _vehicles,
    "도": _degrees,
    "점": _points,
    "기": _machines,
    "주": _shares,
    "번": _which,
    "부": _parts,
    "분": _persons,
    "동": _dong,
    "조": _law,
    "세": _heirs,
    "파운드": _pounds,
    "호": _times_or_addresses,
    "세대": _generations,
    "단계": _stages,
    "편": _episodes,
    "구": _bodies,
    "류": _class,
    "단": _grade,
    "등": _place,
}
