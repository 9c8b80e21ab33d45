"""Names by the kind of thing that is written beside them: companies by their mark, stations, persons behind their occupation."""

from collections.abc import Iterator, Sequence

from schemas.labels import EntityType
from workers.detectors.entities.boundaries import PARTICLES, Boundaries
from workers.detectors.entities.lexicon import Lexicon
from workers.detectors.entities.mentions import Mention
from workers.document import Span
from workers.lazy_pattern import LazyPattern

COMPANY = "cues.company"
_MARK = r"㈜|[(（]주[)）]"
_WORD = r"[가-힣A-Za-z0-9&]"
_ANY_MARK = LazyPattern(rf"{_MARK}|주식회사")
_MARKED = LazyPattern(rf"(?:{_MARK}|(?<![가-힣])주식회사) ?({_WORD}{{2,20}})")
_MARKED_BEHIND = LazyPattern(rf"(?<!{_WORD})({_WORD}{{2,20}})(?:{_MARK})(?! ?{_WORD}{{3}})")
_ON_LINE = LazyPattern(r"(?:\d호선|[가-힣]{1,4}선) ([가-힣]{1,8}역)$")
_WITH_EXIT = LazyPattern(r"(?<![가-힣])([가-힣]{1,8}역)$")
_EXIT = LazyPattern(r" \d{1,2}번 ?출구")
_GOES_ON = LazyPattern("[가-힣]{3}")
_LONGEST = 16  # code points of a line, a space and a station
# a station's, not a part somebody plays (`홍길동역을 맡았다`)
_STATION = LazyPattern(
    r"역(?=에서|까지|부터|과 |와 |에 |은 |는 | ?(?:\d{1,2}번|인근|앞|주변|일대|승강장|광장|근처|방향|사이|역세권)|[,·~∼)-])"
)
_KOREAN_NAME = LazyPattern(r"[가-힣]{2,4}")
_PART = LazyPattern(r" [가-힣]{1,5}[읍면동구](?![가-힣])")
_BEFORE = LazyPattern(r"([가-힣A-Z]{2,6}) $")


def companies(text: str, boundaries: Boundaries) -> Iterator[Mention]:
    """`㈜한빛`, `(주)한빛`, `주식회사 한빛`, `한빛(주)`: whole, for what is written belongs to the name; its canonical name has no mark."""
    if not _ANY_MARK.search(text):
        return
    for found in _MARKED.finditer(text):
        start, end = found.span(1)  # what follows the mark may end in particles
        end = next((at for at in range(start + 2, end) if at in boundaries.ends and PARTICLES.match(text, at)), end)
        yield Mention(Span(found.start(), end), EntityType.ORGANIZATION, 0.95, COMPANY, text[start:end])
    for found in _MARKED_BEHIND.finditer(text):
        yield Mention(Span(*found.span()), EntityType.ORGANIZATION, 0.95, COMPANY, found[1])


def stations(text: str) -> Iterator[Mention]:
    """`2호선 새솔역`, `새솔역 3번 출구`."""
    end = text.find("역") + 1
    while end:
        start = max(0, end - _LONGEST)
        found = _WITH_EXIT.search(text, start, end) if _EXIT.match(text, end) else _ON_LINE.search(text, start, end)
        if found and not _GOES_ON.match(text, end):
            yield Mention(Span(*found.span(1)), EntityType.LOCATION, 0.9, "cues.station")
        end = text.find("역", end) + 1


def told(text: str, found: Sequence[Mention], boundaries: Boundaries, lexicon: Lexicon) -> Iterator[Mention]:
    """The mentions, of another type where what is beside them says so: `성수` of `성수역에서` is a station, `한강` of `소설가 한강` a
    person, `한빛시` none."""
    for m in found:
        if m.canonical is not None:
            yield m
            continue
        surface = text[m.span.start : m.span.end]
        if m.type is EntityType.PERSON and _STATION.match(text, m.span.end):
            yield Mention(Span(m.span.start, m.span.end + 1), EntityType.LOCATION, m.score, "cues.station")
        elif m.type is EntityType.PERSON and _town(text, m.span, boundaries, lexicon):
            yield m._replace(type=EntityType.LOCATION)
        elif m.type is EntityType.LOCATION and _named(surface, lexicon) and _behind(text, m.span, lexicon):
            yield m._replace(type=EntityType.PERSON)
        else:
            yield m


def _town(text: str, span: Span, boundaries: Boundaries, lexicon: Lexicon) -> bool:
    """Three syllables in 시, which Kiwi has for a word of its own (not `도로시`) or a part of it follows (`한빛시 새솔읍`), and no title
    behind them."""
    name = text[span.start : span.end]
    if len(name) != 3 or name[2] != "시" or not (span.end - 1 in boundaries.ends or _PART.match(text, span.end)):
        return False
    return not text[span.end : span.end + 8].lstrip().startswith(tuple(lexicon.titles))


def _named(surface: str, lexicon: Lexicon) -> bool:
    return _KOREAN_NAME.fullmatch(surface) is not None and surface[0] in lexicon.surnames


def _behind(text: str, span: Span, lexicon: Lexicon) -> bool:
    """Whether an occupation stands before and a particle behind: not `배우 서울 공연`."""
    before = _BEFORE.search(text, max(0, span.start - 7), span.start)
    return before is not None and before[1] in lexicon.heads["occupation"] and PARTICLES.match(text, span.end) is not None
