"""From KLUE's conventions to the guideline's: what is one name there and two here, and what is no name here."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from schemas.labels import EntityType
from workers.detectors.entities.boundaries import PARTICLES
from workers.detectors.entities.lexicon import Lexicon
from workers.detectors.entities.mentions import Mention
from workers.document import Span
from workers.lazy_pattern import LazyPattern

LATIN_FIRST = re.compile(r"([A-Z][A-Za-z0-9&]*|D램)(?=\s?[가-힣]|$)")
OCCASIONS = (
    "정상회의",
    "정상회담",
    "올림픽",
    "월드컵",
    "아시안게임",
    "박람회",
    "엑스포",
    "영화제",
    "당사국총회",
    "선수권대회",
    "대선",
    "총선",
)
JOINT_START = re.compile(r"(?:한미|한일|미일|한중|북중|미중)$")
OPENING, CLOSING = frozenset("‘“'\""), frozenset("’”'\"")
MODEL = LazyPattern(r"[가-힣A-Za-z]{1,12}[ -]?\d{1,3}[A-Za-z]?")
FULL_NAME = 3  # syllables of most Korean names
GROUP = re.compile(r"[A-Z]{2,8} (?=[가-힣]{2,3}$)")
BEARING = LazyPattern(r" [동서남북]{1,4}쪽(?:$|(?: 약)? ?\d)")  # `강릉시 동북동쪽 24km`
NOBODY = re.compile(r"\d.*|[A-Z]|[가-힣]모|[가-힣○]{1,2}○+|[○×ㅇ]+")


def shaped(text: str, found: Sequence[Mention], lexicon: Lexicon) -> Iterator[Mention]:
    """The mentions with countries split off places and organizations, and without trade words and lone syllables."""
    for tagged in joined(text, found, lexicon):
        m = untitled(text, tagged, lexicon) if tagged.type is EntityType.PERSON and not tagged.canonical else tagged
        surface = text[m.span.start : m.span.end]
        if m.type is EntityType.PERSON and (NOBODY.fullmatch(surface) or (len(surface) == 1 and not titled(text, m.span, lexicon))):
            continue
        if m.type is EntityType.ORGANIZATION and (len(surface) == 1 or (surface not in lexicon.known and trade_word(surface, lexicon))):
            continue
        if m.canonical is None:
            m = unquoted(text, m)
            surface = text[m.span.start : m.span.end]
        if m.type is EntityType.LAW and m.canonical is None and inside_word(text, m.span.end):
            continue
        if m.type is EntityType.ORGANIZATION and surface.endswith(OCCASIONS):
            m = m._replace(type=EntityType.EVENT)
        if m.type is EntityType.ORGANIZATION and JOINT_START.match(surface):
            continue
        if m.type is EntityType.LOCATION and (bearing := BEARING.search(text, m.span.start, m.span.end)):
            m = m._replace(span=Span(m.span.start, bearing.start()))
            surface = text[m.span.start : m.span.end]
        if m.canonical is None and m.type in (EntityType.LOCATION, EntityType.ORGANIZATION) and " " in surface:
            yield from apart(text, m, lexicon)
        else:
            yield m


def unquoted(text: str, m: Mention) -> Mention:
    """A name in quotes of which the tagger took a last syllable for a particle (`‘마스가’`), whole."""
    start, end = m.span
    cut = text[start - 1 : start] in OPENING and text[end + 1 : end + 2] in CLOSING and end - start > 1 and "가" <= text[end] <= "힣"
    return m._replace(span=Span(start, end + 1)) if cut and start else m


def inside_word(text: str, end: int) -> bool:
    """Whether the word goes on, particles aside: `헌법` in `헌법재판관`."""
    return bool(re.match(r"[가-힣]", text[end : end + 1])) and not PARTICLES.match(text, end)


def untitled(text: str, m: Mention, lexicon: Lexicon) -> Mention:
    """A person without the title, country or company behind the name: `이 총재` → `이`, `젤렌스키 우크라이나` → `젤렌스키`."""
    group = GROUP.match(text[m.span.start : m.span.end])
    if group:  # AOA 설현
        return m._replace(span=Span(m.span.start + group.end(), m.span.end))
    first, *rest = text[m.span.start : m.span.end].split(" ")
    end = m.span.start + len(first)
    if len(first) == FULL_NAME and first[0] in lexicon.native_surnames:  # `김상훈 한빛 감독`
        return m._replace(span=Span(m.span.start, end))
    if first in lexicon.titles and len(first) > 1:
        return m._replace(span=Span(m.span.start, m.span.start + 1))
    for word in rest:
        known = lexicon.known.get(word)
        if word in lexicon.titles or (known and known.type is not EntityType.PERSON):
            break
        end += 1 + len(word)
    return m._replace(span=Span(m.span.start, end))


def joined(text: str, found: Sequence[Mention], lexicon: Lexicon) -> Iterator[Mention]:
    """The mentions, a foreign name that the tagger cut at the space (`올라프`, `숄츠`) made whole."""
    waiting: Mention | None = None
    for m in found:
        if (
            waiting
            and m.type is waiting.type is EntityType.PERSON
            and m.rule == waiting.rule == "ner.coarse"
            and text[waiting.span.end : m.span.start] == " "
            and len(text[m.span.start : m.span.end]) > 1
            and not listed_or_korean(text[waiting.span.start : waiting.span.end], lexicon)
            and not listed_or_korean(text[m.span.start : m.span.end], lexicon)
        ):
            waiting = m._replace(span=Span(waiting.span.start, m.span.end), score=min(m.score, waiting.score))
            continue
        if waiting:
            yield waiting
        waiting = m
    if waiting:
        yield waiting


def listed_or_korean(name: str, lexicon: Lexicon) -> bool:
    """Whether a name stands alone: a listed one, a title, or a Korean name of two or three syllables."""
    return name in lexicon.known or name in lexicon.titles or (len(name) in (2, 3) and name[0] in lexicon.surnames)


def titled(text: str, span: Span, lexicon: Lexicon) -> bool:
    """Whether a lone syllable is a surname with a title behind it."""
    if text[span.start : span.end] not in lexicon.surnames:
        return False
    rest = text[span.end : span.end + 9].lstrip()
    return any(rest.startswith(title) for title in lexicon.titles)


def trade_word(surface: str, lexicon: Lexicon) -> bool:
    """`IT 인력`, `AI정세`: an abbreviation of the trade and common nouns, unless an institution."""
    match = LATIN_FIRST.match(surface)
    return bool(match and match[1] in lexicon.heads["trade"] and not surface.endswith(tuple(lexicon.heads["institution"])))


def apart(text: str, m: Mention, lexicon: Lexicon) -> Iterator[Mention]:
    """`프랑스 파리` is two places; `대만 TSMC` a place and a company; `영국 중앙은행` one institution; `빅테크 메타` a company behind its
    kind; `현대차 아이오닉5` a maker and its product."""
    surface = text[m.span.start : m.span.end]
    first, rest = surface.split(" ", 1)
    kinds = lexicon.heads["organization_kind"]
    tail = m._replace(span=Span(m.span.end - len(rest), m.span.end))
    if m.type is EntityType.ORGANIZATION and first in kinds:
        yield tail
        return
    known = lexicon.known.get(first)
    behind = lexicon.known.get(rest)
    if known and behind and known.type is behind.type is EntityType.ORGANIZATION:  # 민주당 국정원
        yield Mention(Span(m.span.start, m.span.start + len(first)), known.type, m.score, known.rule, known.canonical)
        yield Mention(Span(m.span.end - len(rest), m.span.end), behind.type, m.score, behind.rule, behind.canonical)
        return
    if known and known.type is m.type is EntityType.ORGANIZATION and rest not in lexicon.known and MODEL.fullmatch(rest):
        yield Mention(Span(m.span.start, m.span.start + len(first)), known.type, m.score, known.rule, known.canonical)
        yield tail._replace(type=EntityType.PRODUCT, rule="cues.model")
        return
    if not known or known.type is not EntityType.LOCATION or not rest:
        yield m
        return
    if m.type is EntityType.ORGANIZATION and rest not in lexicon.known and rest.endswith(tuple(lexicon.heads["institution"])):
        yield m
        return
    yield Mention(Span(m.span.start, m.span.start + len(first)), known.type, m.score, known.rule, known.canonical)
    yield from apart(text, tail, lexicon) if rest.partition(" ")[0] in kinds and " " in rest else (tail,)  # 미국 빅테크 메타


def institutions(text: str, found: Sequence[Mention], lexicon: Lexicon) -> Iterator[Mention]:
    """A country and an unlisted institution right behind it are one name."""
    ordered = sorted(found, key=lambda m: m.span)
    heads = tuple(lexicon.heads["institution"])
    for a, b in pairwise(ordered):
        if (
            a.type is EntityType.LOCATION
            and b.type is EntityType.ORGANIZATION
            and a.rule == "nations.name"
            and b.canonical is None
            and text[a.span.end : b.span.start] == " "
            and text[b.span.start : b.span.end].endswith(heads)
        ):
            yield Mention(Span(a.span.start, b.span.end), b.type, min(a.score, b.score), "nations.institution")
