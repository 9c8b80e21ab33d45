"""Who speaks: noun phrases that may be a source, and what of them is the source's span."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schemas.labels import EntityType
from workers.detectors.attributions.lexicon import SourceWords
from workers.document import Span, Token

_PHRASE = 40  # tokens of the longest noun phrase looked at
_MODIFIERS = frozenset(["한", "어느", "두", "세", "네", "다른", "이", "그", "전", "여러", "여", "모", "제"])
_TIME_UNITS = frozenset(["일", "월", "년", "시", "분", "주", "개월", "주일", "달", "초", "세기", "회", "차"])
_MOMENTS = frozenset(["당시", "후", "이후", "뒤", "때", "가운데", "도중", "직후", "직전", "전", "사이"])
_INNER = frozenset("·‧ㆍ&-")
_SPEAKING = frozenset([EntityType.PERSON, EntityType.ORGANIZATION, EntityType.LOCATION])


@dataclass(frozen=True, slots=True)
class Speaker:
    """A noun phrase that may be a source: its span, the indices of its first token and of the one after its particle.

    `strong`: its words or its entity say that it can speak; `topic`: marked 은/는/도; `among`: marked 에서는; `author`: the writer himself;
    `named`: by a proper name.
    """

    span: Span
    begin: int
    after: int
    strong: bool
    topic: bool
    among: bool = False
    author: bool = False
    named: bool = False


class Mentions:
    """Entity mentions by the offset where they end, for phrases read from the right."""

    def __init__(self, found: Sequence[tuple[Span, EntityType]]) -> None:
        self._by_end = {span.end: (span, kind) for span, kind in found}

    def ending_at(self, end: int) -> tuple[Span, EntityType] | None:
        return self._by_end.get(end)

    def last_person(self, start: int, end: int) -> Span | None:
        """The last person named wholly in [start, end)."""
        if not self._by_end:
            return None
        for at in range(end, start, -1):
            found = self._by_end.get(at)
            if found is not None and found[1] is EntityType.PERSON and found[0].start >= start:
                return found[0]
        return None


def speakers(
    tokens: Sequence[Token], begin: int, end: int, quoted: Sequence[bool], words: SourceWords, mentions: Mentions
) -> Iterator[Speaker]:
    """The phrases in tokens [begin, end) marked as subject or topic, in order; none inside a quotation."""
    for k in range(max(begin, 1), end):
        token = tokens[k]
        tag = token.tag
        if tag == "JX":
            if token.form not in ("은", "는", "ᆫ", "도", "선"):
                continue
        elif tag != "JKS":
            continue
        if quoted[k]:
            continue
        last = k - 1
        among = tokens[last].tag == "JKB" and tokens[last].form == "에서" and tag == "JX"
        if among:
            last -= 1
        if tokens[last].form in ("스스로", "역시", "또한", "자체", "마저", "조차") and last > begin:
            last -= 1
        if last < begin or not _nominal_end(tokens[last].tag) or quoted[last] and tokens[last].tag != "SSC":
            continue
        found = phrase(tokens, last, begin, words, mentions)
        if found is None:
            continue
        span, first, strong, author = found
        named = strong and any(t.tag in ("NNP", "NP", "SL") for t in tokens[first : last + 1])
        yield Speaker(span, first, k + 1, strong, tag == "JX", among, author, named)


def _nominal_end(tag: str) -> bool:
    return tag[0] == "N" or tag in ("SL", "SH", "SN", "XSN", "SSC", "SW")


def phrase(tokens: Sequence[Token], last: int, least: int, words: SourceWords, mentions: Mentions) -> tuple[Span, int, bool, bool] | None:
    """The source in the noun phrase that ends with token `last`: (span, first token, can it speak, is it the author); None for what cannot be one."""
    first = noun_begin_floor(tokens, last, least)
    if first > last:
        return None
    begin, end = first, last
    begin = _without_leading(tokens, begin, end, words)
    # "홍길동(45)은", "협회(KFA)는"
    while end > begin and tokens[end].tag == "SSC" and tokens[end].form in ")]）":
        opening = _opening(tokens, end, begin)
        if opening is None or opening == begin:
            break
        end = opening - 1
    if tokens[end].tag == "SSC":
        opening = _opening(tokens, end, begin)
        if opening is None or opening + 1 > end - 1:
            return None
        return Span(tokens[opening + 1].start, tokens[end - 1].end), first, True, False
    head = tokens[end]
    if head.form in ("호", "월호", "편", "회") and end > begin:  # an issue or episode of a titled work
        mark = next((k for k in range(end - 1, max(begin, end - 4), -1) if tokens[k].tag == "SSC"), None)
        opening = _opening(tokens, mark, begin) if mark is not None else None
        if mark is not None and opening is not None and opening + 1 < mark:
            return Span(tokens[opening + 1].start, tokens[mark - 1].end), first, True, False
    if head.tag == "NNB" and head.form in ("등", "측") and end > begin:
        before = tokens[end - 1]
        if head.form == "등" or before.tag in ("NNP", "SL", "SSC") or _institution(_word(tokens, end - 1, begin), words):
            end -= 1
            while end > begin and tokens[end].tag == "SSC" and tokens[end].form in ")]）":
                opening = _opening(tokens, end, begin)
                if opening is None or opening == begin:
                    break
                end = opening - 1
            head = tokens[end]
        elif before.tag[0] == "N":
            return _span(tokens, begin, end), first, True, False
    # "의원 28명은" but "다른 5곳은"
    if (
        head.tag == "NNB"
        and end - 2 >= begin
        and tokens[end - 1].tag in ("SN", "MM", "NR")
        and tokens[end - 2].tag[0] in "NX"
        and head.form in ("명", "인", "곳", "개사", "사람")
    ):
        end -= 2
        head = tokens[end]
    if head.form in words.first_person and begin == end:
        return _span(tokens, begin, end), first, False, True
    if head.form in words.honorifics and head.tag in ("NNB", "XSN", "NNG") and end > begin:
        return _addressed(tokens, begin, end, mentions), first, True, False
    plural = head.tag == "XSN" and end > begin
    core = end - 1 if plural and head.form in ("들", "진", "측", "단") else end
    if tokens[core].form in words.pronouns and core == begin and tokens[core].tag == "NP":
        return _span(tokens, begin, end), first, True, False
    if not plural:
        titled = _titled(tokens, begin, end, words, mentions)
        if titled is not None:
            return titled, first, True, False
    entity = mentions.ending_at(tokens[end].end)
    word = _word(tokens, core, begin)
    if entity is not None and entity[1] in _SPEAKING:
        if entity[1] is EntityType.PERSON:
            return entity[0], first, True, False
        return _span(tokens, _named(tokens, begin, end, words), end), first, True, False
    form = tokens[core].form
    if entity is not None:
        return entity[0], first, False, False
    if tokens[core].tag in ("NNP", "SL"):
        return _span(tokens, _named(tokens, begin, end, words), end), first, True, False
    if form in words.anonymous or form in words.collective or word in words.collective or word in words.anonymous:
        return _span(tokens, begin, end), first, True, False
    division = core - 1 > begin and tokens[core - 1].tag == "SN" and form in ("부", "과", "팀", "국", "단")
    if division or (tokens[core].tag == "NNB" and len(word) > 3 and _institution(word, words)):
        return _span(tokens, begin, end), first, True, False
    if form in words.mute or tokens[core].tag in ("NNB", "SN", "NR", "SW"):
        strong = tokens[core].form in ("측", "곳", "명") and core > begin
        return (_span(tokens, begin, end), first, strong, False) if strong else None
    if plural and head.form == "들":
        return _span(tokens, begin, end), first, True, False
    if _institution(word, words) or (len(word) >= 3 and word.endswith(words.person_endings)):
        return _span(tokens, begin, end), first, True, False
    return _span(tokens, begin, end), first, False, False


def _span(tokens: Sequence[Token], begin: int, end: int) -> Span:
    return Span(tokens[begin].start, tokens[end].end)


def noun_begin_floor(tokens: Sequence[Token], last: int, least: int) -> int:
    """Index of the first token of the noun phrase that ends with `last`."""
    k = last
    floor = max(least, last - _PHRASE)
    first = last + 1
    while k >= floor:
        token = tokens[k]
        tag = token.tag
        if tag == "SSC":
            opening = _opening(tokens, k, floor)
            if opening is None:
                break
            k = first = opening
        elif tag[0] == "N" or tag in ("SL", "SH", "SN", "XSN", "XPN", "XR"):
            first = k
        elif tag == "MM":
            if token.form not in _MODIFIERS:
                break
            first = k
        elif tag == "SP" and token.form in _INNER or tag == "SW" and token.form in _INNER:
            pass
        elif tag == "SO" or tag == "JC":
            pass
        elif tag == "SP" and token.form == "," and _listed(tokens, k, last):
            pass
        elif first <= last and token.word == tokens[first].word and tag[0] in "VEMI" and tag != "EF":
            first = k  # an unknown name taken apart (`가온` as a verb): its word begins further left
        else:
            break
        k -= 1
    return first


def _listed(tokens: Sequence[Token], comma: int, last: int) -> bool:
    """A comma in `가나, 다라 등 외신`: a noun, a comma, few nouns, 등."""
    return comma > 0 and tokens[comma - 1].tag in ("NNP", "SL") and any(t.form == "등" for t in tokens[comma + 1 : last + 1])


def _opening(tokens: Sequence[Token], closing: int, floor: int) -> int | None:
    """Index of the mark that opens what token `closing` closes."""
    depth = 0
    for k in range(closing, floor - 1, -1):
        if tokens[k].tag == "SSC":
            depth += 1
        elif tokens[k].tag == "SSO":
            depth -= 1
            if depth == 0:
                return k
    return None


def _word(tokens: Sequence[Token], last: int, least: int) -> str:
    """The letters of the space-separated word of token `last`, up to it."""
    k = last
    while (
        k > least and tokens[k - 1].word == tokens[last].word and tokens[k - 1].tag[0] in "NXS" and tokens[k - 1].tag not in ("SSO", "SSC")
    ):
        k -= 1
    return "".join(t.form for t in tokens[k : last + 1])


def _institution(word: str, words: SourceWords) -> bool:
    return len(word) >= 3 and word.endswith(words.institution_endings)


def _without_leading(tokens: Sequence[Token], begin: int, end: int, words: SourceWords) -> int:
    """Skip dates and what only places the phrase (`12일 가나청` -> `가나청`, `사고 당시 운전자` -> `운전자`)."""
    for k in range(end - 1, begin, -1):
        if tokens[k].form in _MOMENTS and tokens[k].tag in ("NNG", "NNB") and tokens[k + 1].word != tokens[k].word:
            begin = k + 1
            break
    while begin < end:
        token, following = tokens[begin], tokens[begin + 1]
        if token.tag == "SN" and following.form in _TIME_UNITS and begin + 2 <= end:
            begin += 2
        elif token.tag == "SN" and following.tag == "SP" and begin + 2 <= end:
            begin += 2
        elif (
            (token.form in words.leading and token.tag != "NNP" and token.word != following.word)
            or token.tag in ("SP", "SW", "JC")
            and token.form not in "‘“"
        ):
            begin += 1
        elif token.tag == "SSO" and token.form in "(（":
            closing = next((k for k in range(begin, end) if tokens[k].tag == "SSC"), None)
            if closing is None:
                return begin
            begin = closing + 1
        else:
            return begin
    return begin


def _addressed(tokens: Sequence[Token], begin: int, end: int, mentions: Mentions) -> Span:
    """`방송인 하나래 씨` -> `하나래`; `김씨`, `A씨` stay, being all the name there is."""
    address, name = tokens[end], end - 1
    while name > begin and tokens[name].tag == "SSC":
        opening = _opening(tokens, name, begin)
        if opening is None or opening == begin:
            break
        name = opening - 1
    person = mentions.last_person(tokens[begin].start, address.end)
    first = name
    if tokens[name].form == "모" and name > begin:
        first = name - 1
    elif tokens[name].tag in ("NNP",):
        while first > begin and tokens[first - 1].tag == "NNP" and len(tokens[first].form) > 1:
            first -= 1
    else:
        while first > begin and tokens[first - 1].word == tokens[name].word and tokens[first - 1].tag[0] not in "SJ":
            first -= 1
    if any(t.tag == "JC" for t in tokens[begin:name]):
        first = begin
    attached = address.start == tokens[name].end
    bare = tokens[name].end - tokens[first].start <= 1 or tokens[name].form == "모" or tokens[name].tag == "SL"
    if attached and bare:
        return Span(tokens[first].start, address.end)
    if person is not None and person.end == tokens[name].end and first != begin:
        return person
    return _span(tokens, first, name)


def _titled(tokens: Sequence[Token], begin: int, end: int, words: SourceWords, mentions: Mentions) -> Span | None:
    """The name before a title (`가나당 홍길동 의원` -> `홍길동`); the whole role where it names none (`산업부 장관`); None without a title."""
    title = _title_begin(tokens, begin, end, words)
    if title is None:
        return None
    person = mentions.last_person(tokens[begin].start, tokens[end].end)
    if person is not None:
        return person
    before = title - 1
    while before >= begin and tokens[before].tag in ("MM", "XPN") and tokens[before].form in ("전", "현", "고", "부"):
        before -= 1
    if before >= begin and tokens[before].tag == "SSC":
        opening = _opening(tokens, before, begin)
        if opening is None or opening == begin:
            return _span(tokens, begin, end)
        before = opening - 1
    if before < begin:
        return _span(tokens, begin, end)
    name = tokens[before]
    if len(name.form) == 1 and name.form in words.surnames and (before == begin or tokens[before - 1].word != name.word):
        return name.span
    at = before
    while at >= begin:  # the name may stand further left: `김가람 은행연합회 회장`
        first = at
        while first > begin and tokens[first - 1].word == tokens[at].word and tokens[first - 1].tag[0] in "NVEM":
            first -= 1
        word = "".join(t.form for t in tokens[first : at + 1])
        proper = any(t.tag == "NNP" for t in tokens[first : at + 1])
        apart = at == before and first < at and not word.endswith(words.institution_endings + words.person_endings)
        if " " in tokens[at].form and tokens[at].tag == "NNP":
            return tokens[at].span
        if _full_name(word, words) and (proper or apart):
            return _span(tokens, first, at)
        at = first - 1
    if name.tag == "NNP" and not _institution(name.form, words) and name.form not in words.countries:
        first = before
        while _foreign(tokens, first - 1, begin, words):
            first -= 1
        return _span(tokens, first, before)
    return _span(tokens, begin, end)


def _title_begin(tokens: Sequence[Token], begin: int, end: int, words: SourceWords) -> int | None:
    """First token of the title that ends with `end` (`원내`+`대표`, `김대통령`), else None."""
    at, form = end, ""
    best = None
    while at >= begin and tokens[at].word == tokens[end].word and tokens[at].tag[0] in "NXS" and tokens[at].tag not in ("SSC", "SSO"):
        form = tokens[at].form + form
        if form in words.titles:
            best = at
        at -= 1
    if best is None or best != end and form not in words.titles and tokens[best - 1].tag != "NNP":
        return best
    return best


def _foreign(tokens: Sequence[Token], at: int, begin: int, words: SourceWords) -> bool:
    """Is token `at` a further part of a name written in several words?"""
    return at >= begin and tokens[at].tag == "NNP" and not _institution(tokens[at].form, words) and tokens[at].form not in words.countries


def _full_name(form: str, words: SourceWords) -> bool:
    return (len(form) == 3 and form[0] in words.surnames and form not in words.collective) or (
        len(form) == 4 and form[:2] in ("남궁", "황보", "제갈", "선우", "독고", "사공", "서문")
    )


def _named(tokens: Sequence[Token], begin: int, end: int, words: SourceWords) -> int:
    """First token of a proper name, without the kind or country before it (`영국 매체 메트로` -> `메트로`, `배우 하나래` -> `하나래`)."""
    listed = any(t.tag == "JC" or t.form == "," for t in tokens[begin:end])
    proper = tokens[end].tag == "NNP"
    medium = _word(tokens, end, begin).endswith(words.media_endings)
    while begin < end and tokens[begin].word != tokens[end].word:
        if tokens[begin].tag in ("SSO", "SSC"):
            break
        after = begin
        while after < end and tokens[after].word == tokens[begin].word:
            after += 1
        plain = all(t.tag in ("NNG", "XSN", "XPN", "JC", "MAJ", "MAG", "MM") for t in tokens[begin:after])
        word = "".join(t.form for t in tokens[begin:after])
        if word in words.kinds or (plain and proper and not listed):
            begin = after
        elif not listed and word in words.countries and (medium or tokens[after].form in words.kinds):
            begin = after
        else:
            break
    return begin


def noun_begin(tokens: Sequence[Token], last: int) -> int:
    """Index of the first token of the noun phrase that ends with `last`."""
    return noun_begin_floor(tokens, last, 0)
