"""The second pass: a name that the tagger is sure of somewhere is the same name wherever its letters stand."""

import re
from collections.abc import Iterable, Iterator, Sequence

from ahocorasick import Automaton

from schemas.labels import EntityType
from workers.detectors.entities.boundaries import Boundaries
from workers.detectors.entities.kinds import COMPANY
from workers.detectors.entities.lexicon import Lexicon
from workers.detectors.entities.mentions import Mention
from workers.document import Span

SURE = {2: 0.85, 3: 0.7}  # by letters; names of more need WHOLE
WHOLE = 0.5
LONGEST_TITLE = 12
WORD = re.compile(r" ?([가-힣A-Z]{2,8})")
WORD_BEGINS = re.compile(r"(?<![가-힣A-Za-z0-9])[가-힣]")
DETERMINERS = frozenset("이한전현신양구주고")
ARTICLES = frozenset("한모")  # a, a certain; also surnames


def repeated(found: Sequence[Mention], boundaries: Boundaries) -> Iterator[Mention]:
    """Mentions of names of `found` elsewhere in the text, where a name may stand; names of one letter and titles of works are left out."""
    text = boundaries.text
    sure: dict[str, Mention] = {}
    for m in found:
        surface = text[m.span.start : m.span.end]
        if len(surface) > 1 and m.type is not EntityType.WORK and m.score >= SURE.get(len(surface), WHOLE):
            parts = [surface]
            if m.type is EntityType.PERSON and " " in surface and len(surface.split(" ")[-1]) > 1:
                parts.append(surface.split(" ")[-1])
            if m.rule == COMPANY and m.canonical:
                parts.append(m.canonical)
            for part in parts:
                if part not in sure or m.score > sure[part].score:
                    sure[part] = m
    if not sure:
        return
    taken = {m.span for m in found}
    for span in standing(sure, text):
        if span not in taken and boundaries.hold(span):
            m = sure[text[span.start : span.end]]
            yield Mention(span, m.type, min(m.score, 0.9), "repeat", m.canonical)


def standing(names: Iterable[str], text: str) -> Iterator[Span]:
    """Where the names stand, from left to right, the longest where several begin, none inside another."""
    automaton = Automaton()
    for name in names:
        automaton.add_word(name, len(name))
    automaton.make_automaton()
    end = 0
    for start, rest in sorted((last + 1 - length, -length) for last, length in automaton.iter(text)):
        if start >= end:
            end = start - rest
            yield Span(start, end)


def titles_of(word: str, lexicon: Lexicon) -> set[str]:
    """The titles of two letters or more that `word` begins with."""
    return {title for n in range(2, min(len(word), LONGEST_TITLE) + 1) if (title := word[:n]) in lexicon.titles}


def surnames(text: str, found: Iterable[Mention], lexicon: Lexicon) -> Iterator[Mention]:
    """`이 대표`, `김대통령`: the surname of a person of `found` before a title. Surnames that are also determiners (이, 한, 전) count only
    before the title that stands beside the full name."""
    titles: dict[str, set[str]] = {}
    for m in found:
        name = text[m.span.start : m.span.end]
        if m.type is EntityType.PERSON and len(name) == 3 and name[0] in lexicon.surnames:
            own = titles.setdefault(name[0], set())
            for word in text[m.span.end : m.span.end + 30].split(" ")[:4]:  # 한도윤 새빛전자 대표이사 사장
                own.update(titles_of(word, lexicon))
    if not titles:
        return
    end = 0
    for at in [m.start() for m in WORD_BEGINS.finditer(text) if m[0] in titles]:
        after = WORD.match(text, at + 1) if at >= end else None
        if after is None:
            continue
        end = after.end()
        surname, found_titles = text[at], titles_of(after[1], lexicon)
        if found_titles and (surname not in DETERMINERS or not titles[surname].isdisjoint(found_titles)):
            yield Mention(Span(at, at + 1), EntityType.PERSON, 0.85, "repeat.surname")


def specific(text: str, found: Sequence[Mention], lexicon: Lexicon) -> tuple[Mention, ...]:
    """The mentions without `한`, `모` before a title that many hold (`한 변호사`), unless a person of that surname is named."""
    people = [m.span for m in found if m.type is EntityType.PERSON]
    articles = ARTICLES - {text[start] for start, end in people if end - start > 1}
    gone = {span for span in people if text[slice(*span)] in articles and not _single(text, span.end, lexicon)}
    return tuple(m for m in found if m.type is not EntityType.PERSON or m.span not in gone)


def _single(text: str, end: int, lexicon: Lexicon) -> bool:
    """Whether no title stands apart behind `end`, or one that one person holds."""
    after = WORD.match(text, end)
    return not (after and after[0][0] == " " and (titles := titles_of(after[1], lexicon)) and titles.isdisjoint(lexicon.single))
