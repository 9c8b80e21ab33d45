"""Units that in some places are none: names, addresses, articles of laws."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from schemas.labels import NumberKind
from workers.detectors.numbers.lexicon import Unit
from workers.detectors.numbers.surroundings import Seen, after, before, follows, of_department


def _dong(seen: Seen) -> Unit | None:
    """동: Vietnamese money, buildings, or an address."""
    if before(seen.page, seen.span.start, frozenset({"베트남", "VND"}), 60) or seen.numeral.most >= 5000:
        return seen.unit
    lead = seen.page.tokens.before(seen.span.start, 1)
    if re.search(r"[가-힣]\Z", seen.page.text[max(0, seen.span.start - 1) : seen.span.start]) or (lead and lead[0].tag == "NNP"):
        return None
    if seen.numeral.most < 100 and not re.match(r" ?\d+호", seen.page.text[seen.span.end : seen.span.end + 6]):
        return Unit(seen.unit.name, NumberKind.COUNT, seen.unit.name, "senses.buildings")
    return None


def _law(seen: Seen) -> Unit | None:
    """조: groups of people; 제3조 is an article."""
    return (
        None
        if re.match(r" ?\d+항|의 ?\d|[^가-힣]*(?:위반|에 따라|에 의거)", seen.page.text[seen.span.end : seen.span.end + 12])
        else seen.unit
    )


def _bodies(seen: Seen) -> Unit | None:
    """구: bodies; with figures rather districts (강남 3구) or pitches."""
    return (
        seen.unit
        if not seen.page.text[seen.span.start].isdecimal()
        or follows(seen.page, seen.span.start, frozenset({"시신", "유해", "시체", "유골"}))
        else None
    )


def _class(seen: Seen) -> Unit | None:
    return seen.unit if seen.numeral.most <= 3 else None


def _written_only(seen: Seen) -> Unit | None:
    """Units that with figures are names: 5시리즈, 금계1리."""
    return None if seen.page.text[seen.span.start].isdecimal() else seen.unit


def _yuan(seen: Seen) -> Unit | None:
    """위안: money, but `10위안에 든다` is a rank misspelled."""
    ranked = seen.numeral.most <= 100 and re.match(r"에 ?(?:들|든|무조건|진입|꼽|이름)", seen.page.text[seen.span.end : seen.span.end + 5])
    return None if ranked else seen.unit


def _steps(seen: Seen) -> Unit | None:
    """보: steps come by the hundred."""
    return seen.unit if seen.numeral.most >= 100 else None


def _teams(seen: Seen) -> Unit | None:
    return None if of_department(seen) else seen.unit


def _companies(seen: Seen) -> Unit | None:
    """사: companies; `2사 만루` is baseball's outs."""
    return None if re.match(r" ?(?:후|뒤|주자|만루|[1-3])", seen.page.text[seen.span.end : seen.span.end + 4]) else seen.unit


def _seasons(seen: Seen) -> Unit | None:
    """A year before 시즌, 에피소드 … counts nothing."""
    return None if 1900 <= seen.numeral.most <= 2100 and seen.page.text[seen.span.start].isdecimal() else seen.unit


def _place(seen: Seen) -> Unit | None:
    """등: a place when it is attached; `3, 4 등` is a list cut short."""
    return None if seen.page.text[seen.span.end - 2] == " " else seen.unit


def _numbered(seen: Seen) -> Unit | None:
    """호: so many homes, else which bill, patient, goal; a room is an address, what is joined to a word a name (아리랑3호)."""
    page, (start, end), words = seen.page, seen.span, seen.page.lexicon.words
    lead = page.text[max(0, start - 2) : start]
    if not re.search(r"동 ?\Z", lead) and (
        any(mark in page.text[start:end] for mark in ",만천")
        or (before(page, start, words["homes.words"], 8) and not re.match(r" ?(?:에|앞|거주|주민)", page.text[end : end + 3]))
        or after(page, end, words["homes.after"])
    ):
        return Unit(seen.unit.name, NumberKind.COUNT, seen.unit.name, "senses.homes")
    return None if re.search(r"동 ?\Z|[가-힣]\Z", lead) else seen.unit


DOUBTFUL: Final[Mapping[str, Callable[[Seen], Unit | None]]] = {
    "동": _dong,
    "조": _law,
    "호": _numbered,
    "시리즈": _written_only,
    "리": _written_only,
    "위안": _yuan,
    "보": _steps,
    "팀": _teams,
    "사": _companies,
    "시즌": _seasons,
    "에피소드": _seasons,
    "구": _bodies,
    "류": _class,
    "등": _place,
}
