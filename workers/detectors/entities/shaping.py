"""From KLUE's conventions to the guideline's: what is one name there and two here, and what is no name here."""

import re
from collections.abc import Iterator, Sequence

from schemas.labels import EntityType
from workers.detectors.entities.lexicon import Lexicon
from workers.detectors.entities.mentions import Mention
from workers.document import Span

HANGUL = re.compile(r"[가-힣]")
ANONYMOUS = re.compile(r"[A-Z]|[가-힣]모|[가-힣○]{1,2}○+|[○×ㅇ]+")


def shaped(text: str, found: Sequence[Mention], lexicon: Lexicon) -> Iterator[Mention]:
    """The mentions with countries split off places and organizations, and without trade words and lone syllables."""
    for m in found:
        surface = text[m.span.start : m.span.end]
        if m.type is EntityType.PERSON and (ANONYMOUS.fullmatch(surface) or (len(surface) == 1 and not titled(text, m.span, lexicon))):
            continue
        if m.type is EntityType.ORGANIZATION and trade_word(surface, lexicon):
            continue
        if m.canonical is None and m.type in (EntityType.LOCATION, EntityType.ORGANIZATION) and " " in surface:
            yield from apart(text, m, lexicon)
        else:
            yield m


def titled(text: str, span: Span, lexicon: Lexicon) -> bool:
    """Whether a lone syllable is a surname with a title behind it."""
    if text[span.start : span.end] not in lexicon.surnames:
        return False
    rest = text[span.end : span.end + 9].lstrip()
    return any(rest.startswith(title) for title in lexicon.titles)


def trade_word(surface: str, lexicon: Lexicon) -> bool:
    """`IT 인력`, `AI정세`: an abbreviation of the trade and common nouns, unless an institution."""
    for word in lexicon.heads["trade"]:
        if surface.startswith(word) and (len(surface) == len(word) or HANGUL.match(surface[len(word) :].strip()[:1])):
            return not surface.endswith(tuple(lexicon.heads["institution"]))
    return False


def apart(text: str, m: Mention, lexicon: Lexicon) -> Iterator[Mention]:
    """`프랑스 파리` is two places; `대만 TSMC` a place and a company; `영국 중앙은행` one institution."""
    surface = text[m.span.start : m.span.end]
    first, rest = surface.split(" ", 1)
    known = lexicon.known.get(first)
    if not known or known.type is not EntityType.LOCATION or not rest:
        yield m
        return
    if m.type is EntityType.ORGANIZATION and rest not in lexicon.known and rest.endswith(tuple(lexicon.heads["institution"])):
        yield m
        return
    yield Mention(Span(m.span.start, m.span.start + len(first)), known.type, m.score, known.rule, known.canonical)
    yield m._replace(span=Span(m.span.end - len(rest), m.span.end))


def institutions(text: str, found: Sequence[Mention], lexicon: Lexicon) -> Iterator[Mention]:
    """A country and an unlisted institution right behind it are one name."""
    ordered = sorted(found, key=lambda m: m.span)
    heads = tuple(lexicon.heads["institution"])
    for a, b in zip(ordered, ordered[1:], strict=False):
        if (
            a.type is EntityType.LOCATION
            and b.type is EntityType.ORGANIZATION
            and a.rule == "nations.name"
            and b.canonical is None
            and text[a.span.end : b.span.start] == " "
            and text[b.span.start : b.span.end].endswith(heads)
        ):
            yield Mention(Span(a.span.start, b.span.end), b.type, min(a.score, b.score), "nations.institution")
