"""Persons with their office: `윤도경 한빛시 교통국장`, `한빛은행 김하나 연구원` name a person and an institution."""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from functools import cache

from schemas.labels import EntityType
from workers.detectors.entities.boundaries import PARTICLES
from workers.detectors.entities.lexicon import Lexicon
from workers.detectors.entities.mentions import SPECIFIC, Mention
from workers.detectors.entities.units import Units
from workers.document import Span

WORD_BEHIND = re.compile(r" ([가-힣A-Za-z0-9]{3,15})(?= )")
WORD_BEFORE = re.compile(r"(?<![가-힣A-Za-z0-9])([가-힣A-Za-z0-9]{3,15}) $")
NEXT_WORD = re.compile(r" ([가-힣A-Za-z·]{2,14})")
HANGUL = re.compile(r"[가-힣A-Za-z0-9]")
OFFICES = ("지사", "시장", "군수", "청장", "장관", "총장", "원장", "교육감")  # what the tagger takes for an institution now and then
LAST_NAME = re.compile(r" ([가-힣]{2,6})(?= )")
KOREAN_NAME = re.compile(r"[가-힣]{2,4}")
RULE = "cues.office"
SURE = 0.85  # of a rule: enough for the name to be found again elsewhere


class Words:
    """The tags of the units of any stretch of the text."""

    def __init__(self, units: Units) -> None:
        self._units, self._columns = units.flat, units.columns

    def _at(self, offset: int) -> int:
        return bisect_left(self._columns.starts, offset)

    def of_three(self) -> list[Span]:
        """The proper nouns of three letters."""
        starts, ends = self._columns.starts, self._columns.ends
        return [Span(starts[i], ends[i]) for i, tag in enumerate(self._columns.tags) if tag == "NNP" and ends[i] - starts[i] == 3]

    def alone(self, span: Span, tag: str) -> bool:
        """Whether one unit of that tag fills it."""
        at = self._at(span.start)
        return at < len(self._units) and self._units[at][2:4] == span and self._units[at].tag == tag

    def proper(self, span: Span) -> bool:
        """Whether a proper noun or a Latin word is in it and nothing but nouns."""
        inside = self._units[self._at(span.start) : self._at(span.end)]
        return any(u.tag in SPECIFIC for u in inside) and all(u.tag[0] in "NSX" or u.tag.startswith("W") for u in inside)


def officed(text: str, found: Sequence[Mention], units: Units, lexicon: Lexicon) -> Iterator[Mention]:
    """The mentions, persons cut off from the institution behind them, institutions from the title behind them, and the institutions that
    stand unnoticed between a person and a title or before the person."""
    words = Words(units)
    found = list(named(text, found, words, lexicon))
    people = {m.span.start for m in found if m.type is EntityType.PERSON}
    for m in found:
        surface = text[m.span.start : m.span.end]
        if m.canonical is None and m.type is EntityType.ORGANIZATION and " " in surface:
            yield without_title(surface, m, lexicon)
            continue
        if m.type is not EntityType.PERSON or m.canonical is not None:
            yield m
            continue
        if len(surface) > 4 and " " not in surface and institution(surface, lexicon) and not korean(surface, lexicon):
            yield Mention(m.span, EntityType.ORGANIZATION, m.score, m.rule)
            continue
        name, _, rest = surface.rpartition(" ")
        sure = korean(name, lexicon) and institution(rest, lexicon, 1 if len(name) == 3 else 2)  # not 마틴 뎀프시
        if rest and (sure or (" " in name and institution(rest, lexicon) and office(text, m.span.end, lexicon))):
            yield m._replace(span=Span(m.span.start, m.span.start + len(name)))
            yield Mention(Span(m.span.end - len(rest), m.span.end), EntityType.ORGANIZATION, max(m.score, SURE), RULE)
            continue
        if rest and korean(name, lexicon) and rest.endswith(OFFICES):  # 최민호 세종시장
            yield m._replace(span=Span(m.span.start, m.span.start + len(name)))
            continue
        if m.span.end + 1 in people and text[m.span.end] == " " and institution(surface, lexicon):
            yield Mention(m.span, EntityType.ORGANIZATION, max(m.score, SURE), RULE)
            continue
        if not korean(surface, lexicon):
            yield last_name(text, m, words, people, lexicon)
            continue
        yield m
        behind = WORD_BEHIND.match(text, m.span.end)
        least = 1 if len(surface) == 3 else 2
        if (
            behind
            and office(text, behind.end(), lexicon)
            and institution(behind[1], lexicon, least)
            and words.proper(Span(*behind.span(1)))
        ):
            yield Mention(Span(*behind.span(1)), EntityType.ORGANIZATION, max(m.score, SURE), RULE)
        before = WORD_BEFORE.search(text, max(0, m.span.start - 17), m.span.start)
        if before and office(text, m.span.end, lexicon) and institution(before[1], lexicon) and words.proper(Span(*before.span(1))):
            yield Mention(Span(*before.span(1)), EntityType.ORGANIZATION, max(m.score, SURE), RULE)


def without_title(surface: str, m: Mention, lexicon: Lexicon) -> Mention:
    """`새빛은행 이코노미스트` → `새빛은행`."""
    name, _, last = surface.rpartition(" ")
    return m._replace(span=Span(m.span.start, m.span.start + len(name))) if last in lexicon.titles else m


def named(text: str, found: Sequence[Mention], words: Words, lexicon: Lexicon) -> Iterator[Mention]:
    """The mentions, with the full names that stand before an institution and a title, or that a longer mention runs over with a title."""
    by_start = {m.span.start: m for m in found}
    names: dict[int, Span] = {}
    for span in words.of_three():
        name = text[span.start : span.end]
        whole = text[span.end : span.end + 1] == " " and not HANGUL.match(text[span.start - 1 : span.start])
        if not whole or not korean(name, lexicon) or name in lexicon.known or institution(name, lexicon):
            continue
        m = by_start.get(span.start)
        if m is None:
            behind = WORD_BEHIND.match(text, span.end)
            if behind and institution(behind[1], lexicon) and words.proper(Span(*behind.span(1))) and office(text, behind.end(), lexicon):
                names[span.start] = span
                yield Mention(span, EntityType.PERSON, SURE, RULE)
        elif m.canonical is None and m.type is not EntityType.LOCATION and ends_in_office(text[span.end : m.span.end], lexicon):
            names[span.start] = span
            yield Mention(span, EntityType.PERSON, max(m.score, SURE), RULE)
        elif m.span == span and m.type is EntityType.PERSON:
            names[span.start] = span
    ends = {span.end for span in names.values()}
    for m in found:
        cut = m.span.start in names and m.span != names[m.span.start]
        titled = m.canonical is None and m.span.start - 1 in ends and any(text.endswith(t, m.span.start, m.span.end) for t in OFFICES)
        if not cut and not titled:
            yield m


def ends_in_office(rest: str, lexicon: Lexicon) -> bool:
    """Whether what follows a name inside a mention is an office and no part of the name."""
    word = rest.removeprefix(" ")
    return word != rest and (institution(word, lexicon) or word in lexicon.titles or word.endswith(OFFICES))


def last_name(text: str, m: Mention, words: Words, people: Collection[int], lexicon: Lexicon) -> Mention:
    """`그레그 애벗 주지사`, of which the tagger saw `그레그`: with the proper noun between it and the title."""
    behind = LAST_NAME.match(text, m.span.end)
    if (
        not behind
        or behind.start(1) in people
        or behind[1] in lexicon.known
        or behind[1] in lexicon.titles
        or institution(behind[1], lexicon)
    ):
        return m
    span = Span(*behind.span(1))
    fits = words.alone(span, "NNP") and " " not in text[m.span.start : m.span.end] and office(text, span.end, lexicon, 1)
    return m._replace(span=Span(m.span.start, span.end)) if fits else m


def korean(name: str, lexicon: Lexicon) -> bool:
    """Whether it looks like the full name of a Korean."""
    return KOREAN_NAME.fullmatch(name) is not None and name[0] in lexicon.surnames and name not in lexicon.titles


def institution(word: str, lexicon: Lexicon, least: int = 1) -> bool:
    """Whether a word ends as institutions do (시, 청, 은행; in `least` letters or more) and is neither a title nor an institution in
    general."""
    return (
        len(word) > 2
        and word.endswith(endings(lexicon.heads["office"], least))
        and not word.endswith(endings(lexicon.heads["not_office"], 1))
        and word not in lexicon.titles
        and not any(word in words for words in lexicon.generic.values())
    )


@cache
def endings(words: frozenset[str], least: int) -> tuple[str, ...]:
    """The words of `least` letters or more, sorted."""
    return tuple(sorted(word for word in words if len(word) >= least))


def office(text: str, at: int, lexicon: Lexicon, within: int = 3) -> bool:
    """Whether a title is among the next words, those of a department before it: ` 교통국장은`, ` 신경과 교수`."""
    for _ in range(within):
        match = NEXT_WORD.match(text, at)
        if not match:
            return False
        word = match[1]
        ends = [end for end in range(2, len(word) + 1) if end == len(word) or PARTICLES.fullmatch(word[end:])]
        if any(word[start:end] in lexicon.titles for end in ends for start in range(end - 1)):
            return True
        if len(ends) > 1:  # particles end the phrase
            return False
        at = match.end()
    return False
