"""Single mentions: what the taggers and the lists say stands where, as one sequence of names that do not overlap."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from schemas.labels import EntityType
from workers.detectors.entities.boundaries import Boundaries
from workers.detectors.entities.lexicon import Known, Lexicon
from workers.detectors.entities.tagger import Chunk
from workers.detectors.entities.units import Units
from workers.document import Span, Token
from workers.spans import longest

COARSE = {"PS": EntityType.PERSON, "LC": EntityType.LOCATION, "OG": EntityType.ORGANIZATION}
LEAST = {"coarse": 0.4, "fine": 0.5}
NOT_A_NAME = re.compile(r"[\d\W_]*|[A-Za-z]|.*[\n\t].*", re.DOTALL)
REQUEST = "request.entities"  # the rule of names that the request brings along
TWO = "nations.talks"  # marks 북미 as two countries; never leaves this module
# A stretch of common nouns alone needs more than this to be a name.
UNSPECIFIC = {EntityType.PERSON: 0.93, EntityType.ORGANIZATION: 0.7, EntityType.LOCATION: 0.6, EntityType.EVENT: 1.1}
SPECIFIC = frozenset({"NNP", "SL", "SH", "SN", "W_SERIAL"})
BEFORE_NAME = frozenset({"NNG", "NNP", "XPN"})
DOTS = frozenset("·・ㆍ∙‧ᆞ")


class Mention(NamedTuple):
    """A name at `span`; `canonical` where a list gives it, else None."""

    span: Span
    type: EntityType
    score: float
    rule: str
    canonical: str | None = None


def tagged(text: str, sentences: Sequence[Sequence[Token]], found: Sequence[Sequence[Chunk]], lexicon: Lexicon) -> Iterator[Mention]:
    """The taggers' stretches, in the guideline's types. `found`: coarse, fine."""
    for layer, chunks in zip(("coarse", "fine"), found, strict=True):
        for c in chunks:
            kind = COARSE.get(c.label) if layer == "coarse" else EntityType(c.label)
            if kind is None or c.score < LEAST[layer]:
                continue
            units = sentences[c.sentence]
            if c.score < UNSPECIFIC.get(kind, 0) and common(units[c.first : c.last + 1], kind, lexicon):
                continue
            first = word_start(units, c.first) if kind is EntityType.ORGANIZATION else c.first
            span = Span(units[first].start, units[c.last].end)
            surface = text[span.start : span.end]
            if kind is EntityType.PERSON and surface.endswith("AI"):
                kind = EntityType.ORGANIZATION
            if not NOT_A_NAME.fullmatch(surface):
                yield Mention(span, kind, c.score, f"ner.{layer}")


def common(units: Sequence[Token], kind: EntityType, lexicon: Lexicon) -> bool:
    """Whether no proper noun is among the units, abbreviations of the trade aside; an institution's name is often several common nouns."""
    if kind is EntityType.ORGANIZATION and len(units) > 1:
        return False
    return not any(u.tag in SPECIFIC and u.form not in lexicon.heads["trade"] for u in units)


def word_start(units: Sequence[Token], first: int) -> int:
    """Where the nouns begin that a word holds before unit `first`: `국가` of `국가반도체기술센터` is part of the name."""
    at = first
    while at and units[at - 1].end == units[at].start and units[at - 1].tag in BEFORE_NAME and len(units[at - 1].form) > 1:
        at -= 1
    return at if units[first].start - units[at].start <= 8 else first


def listed(names: Sequence[tuple[Span, Known]], boundaries: Boundaries) -> Iterator[Mention]:
    """Listed names; those that are also other words only where what they go with is named too."""
    found = [(span, known) for span, known in names if boundaries.hold(span)]
    named = {known.canonical for _, known in found if not known.doubtful}
    return (known_mention(span, known) for span, known in found if not known.doubtful or not named.isdisjoint(known.beside))


def known_mention(span: Span, known: Known) -> Mention:
    return Mention(span, known.type, 0.95, known.rule, known.canonical)


def short_countries(text: str, every: Units, lexicon: Lexicon) -> Iterator[Mention]:
    """`한·미`, `미 정부`, `美 연준`, `대일 무역`: one-syllable countries beside one another or before a word that only a country has."""

    def mention(start: int) -> Mention:
        return Mention(Span(start, start + 1), EntityType.LOCATION, 0.9, "nations.short", lexicon.short[text[start]])

    for at in [at for at, form in enumerate(every.columns.forms) if form in lexicon.short]:
        units, i = every.place(at)
        unit = units[i]
        if unit.end - unit.start != 1:
            continue
        after = units[i + 1] if i + 1 < len(units) else None
        before = units[i - 1] if i else None
        if after and after.start == unit.end and after.form in DOTS:
            other = units[i + 2] if i + 2 < len(units) else None
        else:
            other = None
        if before and before.end == unit.start and before.form in DOTS and i >= 2:
            previous = units[i - 2]
        else:
            previous = None
        hanja = not "가" <= unit.form <= "힣"
        if (
            (other and other.form[0] in lexicon.short and other.end - other.start == 1)
            or (previous and previous.form in lexicon.short and previous.end - previous.start == 1)
            or (after and after.form in lexicon.beside_short and unit.tag not in {"MM", "NR", "VV", "ETM"})
            or (hanja and unit.tag in {"SH", "NNP", "NNG"})
            or (unit.tag == "NNP" and after and after.form in lexicon.short and after.tag == "NNP" and after.start == unit.end)
            or (unit.tag == "NNP" and before and before.form in lexicon.short and before.tag == "NNP" and before.end == unit.start)
        ):
            yield mention(unit.start)
            if unit.form == "북" and after and after.form == "미" and i + 2 < len(units) and units[i + 2].form in lexicon.talks:
                yield Mention(Span(unit.start, after.end), EntityType.LOCATION, 1.0, TWO)


def governments(text: str, mentions: Sequence[Mention], lexicon: Lexicon) -> Iterator[Mention]:
    """`한국 정부`, `미 정부`, `트럼프 행정부`, `윤석열 정부`: a country or person with the word for government is an organization."""
    for m in mentions:
        if m.type not in (EntityType.LOCATION, EntityType.PERSON):
            continue
        rest = text[m.span.end : m.span.end + 8]
        for word in sorted(lexicon.government, key=len, reverse=True):
            if rest.startswith((" " + word, word)):
                end = m.span.end + rest.index(word) + len(word)
                if text[end : end + 1] in {"군", "안", "미", "청", "조"}:
                    continue
                surface = text[m.span.start : m.span.end]
                name = m.canonical or surface if m.type is EntityType.LOCATION else surface
                yield Mention(Span(m.span.start, end), EntityType.ORGANIZATION, m.score, "nations.government", f"{name} {word}")
                break


def resolved(text: str, found: Sequence[Mention], lexicon: Lexicon) -> tuple[Mention, ...]:
    """One reading of the text: a listed name has its listed type; of names that overlap the longest stays; words that are no names go."""
    best: dict[Span, Mention] = {}
    two = {m.span for m in found if m.rule == TWO}
    for m in found:
        if m.span in two:
            continue
        surface = text[m.span.start : m.span.end]
        if m.canonical is None:
            known = lexicon.known.get(surface)
            if known:
                m = Mention(m.span, known.type, max(m.score, 0.9), known.rule, known.canonical)
            elif surface in lexicon.generic[m.type] or surface in lexicon.generic[EntityType.ORGANIZATION]:
                continue
        other = best.get(m.span)
        if other is None or (m.canonical is not None, m.score) > (other.canonical is not None, other.score):
            best[m.span] = m
    return longest(sorted(best.values(), key=lambda m: m.span))
