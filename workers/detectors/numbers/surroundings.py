"""A number with its unit in its place, and what stands around it."""

import re
from typing import NamedTuple

from workers.detectors.numbers.lexicon import Unit
from workers.detectors.numbers.reading import Page
from workers.document import Span
from workers.numerals import Numeral

_NEAR = 14  # code points that count as near
_BETWEEN = re.compile(r"(?: ?(?:등|중|총|약|모두|전|무려|가운데|각각|까지))*[ ,]*\Z")
_DEPARTMENT = re.compile(
    r"(?:형사|민사|공안|특수|수사|행정|강력|조사|첨단|범죄|합의|대법원|대검|특별|가사|외사|금융|공정거래|부패|단독|실종|지능|사이버) ?제?\Z"
)


class Seen(NamedTuple):
    """A number with a unit of several senses, in its place."""

    page: Page
    span: Span
    unit: Unit
    numeral: Numeral


def before(page: Page, start: int, words: frozenset[str], near: int = _NEAR) -> bool:
    """Whether one of the words stands near before `start`."""
    window = page.text[max(0, start - near) : start]
    return any(word in window for word in words)


def after(page: Page, end: int, words: frozenset[str], near: int = _NEAR) -> bool:
    """Whether the next word after `end` begins with one of the words."""
    rest = page.text[end : end + near].lstrip(" ")
    return any(rest.startswith(word) for word in words)


def follows(page: Page, start: int, words: frozenset[str]) -> bool:
    """Whether the word right before `start` ends with one of the words (등, 중, 총 … between do not matter)."""
    lead = _BETWEEN.sub("", page.text[max(0, start - 20) : start])
    return lead.endswith(tuple(words))


def of_department(seen: Seen) -> bool:
    """Whether a court's or an office's department is numbered: 형사 4부, 강력3팀."""
    return _DEPARTMENT.search(seen.page.text[max(0, seen.span.start - 8) : seen.span.start]) is not None
