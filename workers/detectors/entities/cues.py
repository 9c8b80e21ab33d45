"""Names by their surroundings: quoted titles beside `보고서`, runs of nouns that end in `정상회의` or `기본법`, versions of products."""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence

from schemas.labels import EntityType
from workers.detectors.entities.boundaries import PARTICLES
from workers.detectors.entities.lexicon import Lexicon
from workers.detectors.entities.mentions import Mention
from workers.detectors.entities.units import NOUN_TAGS, Units
from workers.document import Span, Token
from workers.lazy_pattern import LazyPattern

QUOTED = re.compile(r"[‘“'\"「『《〈<]([^‘’“”'\"「」『』《》〈〉<>\n]{2,40})[’”'\"」』》〉>]")
HANGUL = re.compile(r"[가-힣A-Za-z0-9]")
TITLE_MARKS = frozenset("『《〈")
AFTER_QUOTE = re.compile(r"(?:\([^()\n]{1,30}\))?(?:이?라는|이?란|의|이?라는 (?:제목|이름)의)?\s?([가-힣]+)")
BEFORE_QUOTE = re.compile(r"([가-힣]{1,7})(?:\([^()\n]{1,12}\))?[인은]?\s?$")
SENTENCE_END = re.compile(r"(?:다|요|까|자|라|죠|오|음|함)[.?!…]*$|[.?!…]$")
WORK_END = LazyPattern(r" [가-힣]*(?:보고서|백서|연감|총서|평전|회고록|자료집)$")
HELD = LazyPattern(r"(?:열린|열리는|열릴|개최한|개최된|개최하는|개막한|막을 올린)\s?$")
SHORTENED = re.compile(r"(?<![가-힣A-Za-z0-9])([가-힣A-Za-z·]{3,20})\(([A-Z][A-Za-z&]{1,9})\)")
JOINT = re.compile(r"(?<![가-힣A-Za-z0-9])(?:한미일|한중일|한일중|북중러|북미중|미중일|미중러|미일한|한미중)")
LAW_NAME = LazyPattern(r".*(?:법|법률|법안|조약|협정|협약|시행령|시행규칙|헌장|의정서|조례)$")
VERSION = LazyPattern(
    r"(?:[ -]?[vVRr]?\d+(?:\.\d+)*[A-Za-z]{0,2}(?:\s?\d{3,4}B)?|\.\d+|[ -](?:Pro|Ultra|Plus|Max|Mini|mini|Flash|Turbo|Nano|Lite|Air|SE|XL|"
    r"프로|울트라|플러스|맥스|미니|플래시|터보|나노|라이트|에어|엣지|노트))+(?![0-9A-Za-z])"
)
YEAR = LazyPattern(r" (?:19|20)\d\d(?![0-9A-Za-z년])")
MODEL_OF = LazyPattern(r"[ -]?[vVRr]\d+(?:\.\d+)*(?![0-9A-Za-z])")
MODEL_BESIDE = LazyPattern(r" (?=[^ ]*\d)[A-Za-z]{1,8}[- ]?\d{1,4}(?:\.\d+)?[A-Za-z]{0,2}(?![0-9A-Za-z%])")
NEXT_IN_LIST = LazyPattern(
    r"(?:와|과|랑|이랑|나|이나)?(?:\s?[,·/]\s?|(?<=[와과랑나])\s|\s(?:및|그리고)\s)"
    r"([A-Z][A-Za-z0-9]{2,}(?:[ -][A-Z0-9][A-Za-z0-9]*)?)(?![A-Za-z0-9])"
)
JOINABLE = frozenset({"NNP", "NNG", "SL", "SH", "XPN", "XSN", "XR", "NNZ"})
PROPER = frozenset({"NNP", "SL", "SH"})
FARTHEST = 7


def quoted(text: str, lexicon: Lexicon) -> Iterator[Mention]:
    """Titles in quotes or title marks."""
    kinds = {
        **dict.fromkeys(lexicon.heads["product_beside"], EntityType.PRODUCT),
        **dict.fromkeys(lexicon.heads["work_beside"], EntityType.WORK),
        **dict.fromkeys(lexicon.heads["law_beside"], EntityType.LAW),
    }
    organizations = tuple(lexicon.heads["organization_before"])
    for m in QUOTED.finditer(text):
        span, inside, mark = Span(*m.span(1)), m[1], m[0][0]
        if inside[0] == " " or inside[-1] == " ":
            continue
        if mark in TITLE_MARKS or (mark == "「" and LAW_NAME.match(inside)):
            yield Mention(span, EntityType.LAW if LAW_NAME.match(inside) else EntityType.WORK, 0.9, "cues.title_marks")
            continue
        if SENTENCE_END.search(inside):
            continue
        if WORK_END.search(inside):
            yield Mention(span, EntityType.WORK, 0.9, "cues.quoted")
            continue
        if HELD.search(text, max(0, m.start() - 12), m.start()):
            yield Mention(span, EntityType.EVENT, 0.9, "cues.held")
            continue
        after, before = AFTER_QUOTE.match(text, m.end()), BEFORE_QUOTE.search(text, max(0, m.start() - 24), m.start())
        if before and before[1].endswith(organizations) and PARTICLES.match(text, m.end()):
            yield Mention(span, EntityType.ORGANIZATION, 0.96, "cues.quoted")
            continue
        beside = [w for w in (after and stem(after[1], kinds), before and stem(before[1], kinds)) if w]
        if beside:
            kind = kinds[beside[0]]
            if kind is not EntityType.PRODUCT or re.search(r"[A-Za-z0-9]", inside) or " " not in inside:
                yield Mention(span, kind, 0.96, "cues.quoted")


def shortened(text: str, lexicon: Lexicon) -> Iterator[Mention]:
    """`세계기상기구(WMO)`: a word that ends as institutions do, with its abbreviation."""
    heads = tuple(lexicon.heads["institution"])
    for m in SHORTENED.finditer(text):
        if m[1].endswith(heads) and m[1] not in lexicon.known and m[2] not in lexicon.known and m[2] not in lexicon.heads["trade"]:
            for group in (1, 2):
                yield Mention(Span(*m.span(group)), EntityType.ORGANIZATION, 0.9, "cues.shortened")


def joint(text: str, lexicon: Lexicon) -> Iterator[Mention]:
    """`한미일 3국`: three countries by one syllable each; marked whole too, so that no other reading of it stays."""
    for m in JOINT.finditer(text):
        if m.end() == len(text) or not HANGUL.match(text, m.end()) or PARTICLES.match(text, m.end()):
            for i in range(m.start(), m.end()):
                yield Mention(Span(i, i + 1), EntityType.LOCATION, 0.95, "nations.joint", lexicon.short[text[i]])


def stem(word: str, among: Collection[str]) -> str | None:
    """The word of `among` that `word` is or ends in (`연간보고서`), particles taken off."""
    for end in range(len(word), 0, -1):
        if end == len(word) or PARTICLES.fullmatch(word[end:]):
            for start in range(max(1, end - 1)):
                if word[start:end] in among:
                    return word[start:end]
    return None


def headed(text: str, units: Units, heads: Sequence[tuple[Span, str]], lexicon: Lexicon) -> Iterator[Mention]:
    """Runs of nouns that end in the head of an event or a law, words that end in a company's."""
    ends = units.columns.ends
    for head, kind in heads:
        place = bisect_right(ends, head.end) - 1
        if place < 0 or ends[place] != head.end or (HANGUL.match(text, head.end) and not PARTICLES.match(text, head.end)):
            continue
        sentence, last = units.place(place)
        if kind == "company":
            start = company_start(sentence, last, head, lexicon)
            if start is not None:
                yield Mention(Span(start, head.end), EntityType.ORGANIZATION, 0.8, "cues.company_head")
            continue
        first = last
        while first > 0 and last - first < FARTHEST and joined(sentence[first - 1], sentence[first], lexicon):
            first -= 1
        run = sentence[first : last + 1]
        if kind == "event":
            start = proper_start(run, head, lexicon)
            if start is not None:
                yield Mention(Span(start, head.end), EntityType.EVENT, 0.7, "cues.event_head")
        else:
            yield from law(text, run, head, lexicon)


def company_start(sentence: Sequence[Token], last: int, head: Span, lexicon: Lexicon) -> int | None:
    """Where the word begins whose last unit ends in the head, if before the head stands a proper noun that is no place (`한빛|전자`) or if
    Kiwi does not know the word (`새솔제약`)."""
    unit = sentence[last]
    if unit.start < head.start:
        named, first = unit.tag in NOUN_TAGS and unit.lexeme == 0, last
    else:
        first = last - 1
        stem = sentence[first] if first >= 0 else unit
        known = lexicon.known.get(stem.form)
        named = stem.tag == "NNP" and stem.end == head.start and not (known and known.type is EntityType.LOCATION)
    start = sentence[first].start
    alone = first <= 0 or sentence[first - 1].end < start or sentence[first - 1].tag[0] == "S"
    return start if named and alone and head.start - start > 1 else None


def proper_start(run: Sequence[Token], head: Span, lexicon: Lexicon) -> int | None:
    """Where the first proper noun before the head begins; abbreviations of the trade (AI, IT) are none."""
    proper = (u.start for u in run if u.tag in PROPER and u.end <= head.start and u.form not in lexicon.heads["trade"])
    return next(proper, None)


def joined(before: Token, unit: Token, lexicon: Lexicon) -> bool:
    return (
        before.tag in JOINABLE
        and 0 <= unit.start - before.end <= 1
        and before.form not in lexicon.heads["loose"]
        and before.form not in lexicon.titles
    )


def law(text: str, run: Sequence[Token], head: Span, lexicon: Lexicon) -> Iterator[Mention]:
    start_of_word = text.rfind(" ", 0, head.end) + 1
    word_start = next((u.start for u in run if u.start >= start_of_word), head.start)
    word = text[word_start : head.end]
    if any(word.endswith(w) for w in lexicon.heads["not_law"]):
        return
    proper = next((u.start for u in run if u.tag in PROPER and u.end <= head.start), None)
    if proper is not None and (len(text[head.start : head.end]) > 1 or proper < word_start):
        yield Mention(Span(proper, head.end), EntityType.LAW, 0.7, "cues.law_head")
    elif head.start - word_start >= 2 and text[head.start : head.end] not in {"법안", "개정안", "행정명령", "헌법"}:
        yield Mention(Span(word_start, head.end), EntityType.LAW, 0.7, "cues.law_head")


def versions(text: str, found: Sequence[Mention]) -> Iterator[Mention]:
    """`제미나이 2.0`, `DeepSeek-v3`, `오픈AI o1`: a product with its version, an event with its year, a maker's model behind its name."""
    for m in found:
        end = m.span.end
        if m.type is EntityType.PRODUCT:
            match = VERSION.match(text, end)
            if match and plain_end(text, match.end()):
                name = m.canonical or text[m.span.start : end]
                yield Mention(Span(m.span.start, match.end()), m.type, m.score, "cues.version", f"{name}{match[0].replace('-', ' ')}")
        elif m.type is EntityType.EVENT:
            match = YEAR.match(text, end)
            if match:
                name = m.canonical or text[m.span.start : end]
                yield Mention(Span(m.span.start, match.end()), m.type, m.score, "cues.year", f"{name}{match[0]}")
        elif m.type is EntityType.ORGANIZATION and m.canonical:
            match = MODEL_OF.match(text, end)
            if match and plain_end(text, match.end()):
                name = f"{m.canonical} {match[0].strip(' -').upper()}"
                yield Mention(Span(m.span.start, match.end()), EntityType.PRODUCT, m.score, "cues.version", name)
            match = MODEL_BESIDE.match(text, end)
            if match and plain_end(text, match.end()):
                yield Mention(Span(match.start() + 1, match.end()), EntityType.PRODUCT, 0.85, "cues.model")


def plain_end(text: str, end: int) -> bool:
    """Whether no counter follows: `아이폰 3대` is no version."""
    return not re.match(r"[가-힣]", text[end : end + 1]) or PARTICLES.match(text, end) is not None


def in_line(text: str, found: Sequence[Mention]) -> Iterator[Mention]:
    """`챗GPT와 Novella, Tandem으로`: unlisted Latin names in one list with a product are products."""
    for m in found:
        if m.type is EntityType.PRODUCT:
            at = m.span.end
            while match := NEXT_IN_LIST.match(text, at):
                at = match.end()
                yield Mention(Span(*match.span(1)), EntityType.PRODUCT, 0.97, "cues.list")
