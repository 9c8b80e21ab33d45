"""The second pass: a name that the tagger is sure of somewhere is the same name wherever its letters stand."""

import re
from collections.abc import Iterable, Iterator, Sequence

from schemas.labels import EntityType
from workers.detectors.entities.boundaries import Boundaries
from workers.detectors.entities.lexicon import Lexicon
from workers.detectors.entities.mentions import Mention
from workers.document import Span

SURE = {2: 0.85, 3: 0.7}  # by letters; names of more need WHOLE
WHOLE = 0.5
LONGEST_TITLE = 12
DETERMINERS = frozenset("이한전현신양구주고")


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
            for part in parts:
                if part not in sure or m.score > sure[part].score:
                    sure[part] = m
    if not sure:
        return
    taken = {m.span for m in found}
    pattern = re.compile("|".join(re.escape(s) for s in sorted(sure, key=len, reverse=True)))
    for match in pattern.finditer(text):
        span = Span(*match.span())
        if span not in taken and boundaries.hold(span):
            m = sure[match[0]]
            yield Mention(span, m.type, min(m.score, 0.9), "repeat", m.canonical)


def titles_of(word: str, lexicon: Lexicon) -> set[str]:
    """The titles of two letters or more that `word` begins with."""
    return {word[:n] for n in range(2, min(len(word), LONGEST_TITLE) + 1)} & lexicon.titles


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
    for match in re.finditer(rf"(?<![가-힣A-Za-z0-9])([{''.join(sorted(titles))}]) ?([가-힣A-Z]{{2,8}})", text):
        surname, word = match[1], match[2]
        found_titles = titles_of(word, lexicon)
        if found_titles and (surname not in DETERMINERS or not titles[surname].isdisjoint(found_titles)):
            yield Mention(Span(match.start(1), match.end(1)), EntityType.PERSON, 0.85, "repeat.surname")
