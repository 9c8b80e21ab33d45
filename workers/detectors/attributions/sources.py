"""Who speaks: noun phrases that may be a source, and what of them is the source's span."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from schemas.labels import EntityType
from workers.detectors.attributions import names
from workers.detectors.attributions.lexicon import SourceWords
from workers.detectors.attributions.reading import Reading
from workers.document import Span, Token

_PHRASE = 40  # tokens of the longest noun phrase looked at
_MODIFIERS = frozenset(["한", "어느", "두", "세", "네", "다른", "이", "그", "전", "여러", "여", "모", "제"])
_TIME_UNITS = frozenset(["일", "월", "년", "시", "분", "주", "개월", "주일", "달", "초", "세기", "회", "차"])
_MOMENTS = frozenset(["당시", "후", "이후", "뒤", "때", "가운데", "도중", "직후", "직전", "전", "사이"])
_INNER = frozenset("·‧ㆍ&-")
_SPEAKING = frozenset([EntityType.PERSON, EntityType.ORGANIZATION, EntityType.LOCATION])


_BRACKETS = ")]）"
_EMPHASIS = frozenset(["스스로", "역시", "또한", "자체", "마저", "조차"])
_COUNTERS = frozenset(["명", "인", "곳", "개사", "사람"])
_SHARES = frozenset(["절반", "대부분", "다수", "대다수", "상당수", "과반", "일부", "이상", "가까이", "가량"])
_ISSUES = frozenset(["호", "월호", "편", "회"])
_PLURALS = frozenset(["들", "진", "측", "단"])


class Phrase(NamedTuple):
    """A noun phrase as a source: its span, its first token, whether it can speak, whether it is the author."""

    span: Span
    begin: int
    strong: bool
    author: bool = False


class Speaker(NamedTuple):
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


def speakers(reading: Reading, begin: int, end: int) -> Iterator[Speaker]:
    """The phrases in tokens [begin, end) marked as subject or topic, in order; none inside a quotation."""
    tokens, quoted = reading.tokens, reading.quoted
    for k in range(max(begin, 1), end):
        token = tokens[k]
        tag = token.tag
        if tag == "JX":
            if token.form not in ("은", "는", "ᆫ", "도", "선"):
                continue
        elif tag == "MAG":  # `가나신문 역시 …`
            if token.form not in ("역시", "또한") or tokens[k - 1].tag[0] not in "NSX" or token.word == tokens[k - 1].word:
                continue
        elif tag == "VV":  # `62%는`, which Kiwi takes for 늘다
            if token.form != "늘" or tokens[k - 1].form != "%" or token.start != tokens[k - 1].end:
                continue
        elif tag != "JKS":
            continue
        if quoted[k] or (k + 1 < len(tokens) and tokens[k + 1].form == "물론"):
            continue
        last = k - 1
        among = tokens[last].tag == "JKB" and tokens[last].form == "에서" and tag == "JX"
        if among or tokens[last].form in _EMPHASIS:
            last -= 1
        if among and tokens[last].form == "사이" and last > begin:  # `전문가들 사이에서는`
            last -= 1
        entity = reading.mentions.ending_at(token.start)
        if entity is not None and entity[1] in _SPEAKING and not _nominal(tokens[last].tag):  # a name taken apart (`사람인`)
            first = next((j for j in range(last, begin - 1, -1) if tokens[j].start <= entity[0].start), begin)
            yield Speaker(entity[0], first, k + 1, strong=True, topic=tag != "JKS", named=True)
            continue
        if last < begin or not _nominal(tokens[last].tag) or (quoted[last] and tokens[last].tag != "SSC"):
            continue
        found = phrase(reading, last, begin)
        if found is not None:
            named = found.strong and any(t.tag in ("NNP", "NP", "SL") for t in tokens[found.begin : last + 1])
            yield Speaker(found.span, found.begin, k + 1, found.strong, tag != "JKS", among, found.author, named)


def _nominal(tag: str) -> bool:
    return tag[0] == "N" or tag in ("SL", "SH", "SN", "XSN", "SSC", "SW")


def phrase(reading: Reading, last: int, least: int) -> Phrase | None:
    """The source in the noun phrase that ends with token `last`, none of it before `least`; None for what cannot be one."""
    tokens, words = reading.tokens, reading.lexicon.sources
    first = noun_begin(tokens, last, least)
    if first > last:
        return None
    begin = _without_leading(tokens, first, last, words)
    end = _without_brackets(tokens, begin, last)
    quoted = _quoted_title(tokens, begin, end)
    if quoted is not None:
        return Phrase(quoted, first, True)
    if tokens[end].tag == "SSC":
        return None
    if tokens[end].tag == "NNB" and tokens[end].form in ("등", "측", "쪽") and end > begin:
        before = tokens[end - 1]
        known = before.tag in ("NNP", "SL", "SSC") or names.institution(names.written(tokens, end - 1, begin), words)
        if tokens[end].form != "등" and not known:  # `회사 측` is all that names it
            return Phrase(names.span(tokens, begin, end), first, True) if before.tag[0] == "N" else None
        end = _without_brackets(tokens, begin, end - 1)
        if tokens[end].tag == "SSC":
            return Phrase(names.span(tokens, begin, end), first, True)
    while counted := _counted(tokens, begin, end):
        end -= counted
    if first - 2 >= least and tokens[first - 1].tag == "JKG" and _amounts(tokens[begin : end + 1]):  # `직장인의 62%`, `응답자의 절반`
        whole = phrase(reading, first - 2, least)
        if whole is not None:
            return whole
    return _headed(reading, first, begin, end)


def _counted(tokens: Sequence[Token], begin: int, end: int) -> int:
    """How many tokens at the end count the persons before them (`의원 28명`, `학부모 10명 중 7명`, but not `다른 5곳`)."""
    if end - 2 < begin or tokens[end].tag != "NNB" or tokens[end].form not in _COUNTERS or tokens[end - 1].tag not in ("SN", "MM", "NR"):
        return 0
    if tokens[end - 2].form == "중" and end - 5 >= begin:
        return 3
    return 2 if tokens[end - 2].tag[0] in "NX" else 0


def _amounts(tokens: Sequence[Token]) -> bool:
    return all(t.tag in ("SN", "SW", "NNB", "NR") or t.form in _SHARES for t in tokens)


def _headed(reading: Reading, first: int, begin: int, end: int) -> Phrase | None:
    """The source in the bare phrase [begin, end], by what its last token is."""
    tokens, words, mentions = reading.tokens, reading.lexicon.sources, reading.mentions
    head = tokens[end]
    whole = names.span(tokens, begin, end)
    if head.form == "분" and head.tag == "NNB" and end > begin and tokens[end - 1].word == head.word:  # `직원분`
        return Phrase(whole, first, True)
    if begin == end and head.form in words.first_person:
        return Phrase(whole, first, strong=False, author=True)
    if head.form == "님" and end > begin and tokens[end - 1].form in words.titles:  # `사장님`, `정하람 대표님`
        titled = names.titled(tokens, begin, end - 1, words, mentions)
        return Phrase(whole if titled is None or titled.end == tokens[end - 1].end else titled, first, True)
    if head.form == "님" and end > begin and tokens[end - 1].tag == "NNG" and tokens[end - 1].word == head.word:  # `의사 선생님`
        return Phrase(whole, first, True)
    if head.form in words.honorifics and head.tag in ("NNB", "XSN", "NNG") and end > begin:
        return Phrase(names.addressed(tokens, begin, end, mentions), first, True)
    plural = head.tag == "XSN" and end > begin
    core = end - 1 if plural and head.form in _PLURALS else end
    if core == begin and tokens[core].tag == "NP" and tokens[core].form in words.pronouns:
        return Phrase(whole, first, True)
    if not plural:
        titled = names.titled(tokens, begin, end, words, mentions)
        if titled is not None:
            lead = names.leading_name(reading.text, tokens, first, words) if titled == whole and begin < end else None
            return Phrase(lead or titled, first, True)
    if not plural and head.form in words.officials:  # `한 은행의 임원`
        genitive = first - 1
        if genitive > 0 and tokens[genitive].tag == "JKG":
            owner = phrase(reading, genitive - 1, max(0, genitive - _PHRASE))
            if owner is not None and owner.strong and not reading.quoted[owner.begin]:
                return Phrase(Span(owner.span.start, whole.end), owner.begin, True)
    entity = mentions.ending_at(head.end)
    if entity is not None and entity[1] is EntityType.PERSON:
        return Phrase(entity[0], first, True)
    if entity is not None and entity[1] not in _SPEAKING:
        return Phrase(entity[0], first, False)
    if entity is not None or tokens[core].tag in ("NNP", "SL"):
        return Phrase(names.span(tokens, names.named(tokens, begin, end, words), end), first, True)
    form, word = tokens[core].form, names.written(tokens, core, begin)
    if form in words.speaking or word in words.speaking:
        return Phrase(whole, first, True)
    numbered = core > begin and tokens[core - 1].tag == "SN"
    division = numbered and (form == "심" or (core - 1 > begin and form in ("부", "과", "팀", "국", "단")))
    if division or (tokens[core].tag == "NNB" and len(word) > 3 and names.institution(word, words)):
        return Phrase(whole, first, True)
    compound = core > begin and tokens[core - 1].word == tokens[core].word and tokens[core - 1].tag in ("NNG", "NNP", "SL")
    if (form in words.mute and not (compound and len(word) > 4)) or tokens[core].tag in ("NNB", "SN", "NR", "SW"):
        return Phrase(whole, first, True) if form == "곳" and core > begin else None
    person = len(word) >= 3 and word.endswith(words.person_endings)
    return Phrase(whole, first, (plural and head.form == "들") or person or names.institution(word, words))


def _without_brackets(tokens: Sequence[Token], begin: int, end: int) -> int:
    """Last token before the brackets that close the phrase (`협회(KFA)` -> `협회`)."""
    while end > begin and tokens[end].tag == "SSC" and tokens[end].form in _BRACKETS:
        opening = names.opening_mark(tokens, end, begin)
        if opening is None or opening == begin:
            break
        end = opening - 1
    return end


def _quoted_title(tokens: Sequence[Token], begin: int, end: int) -> Span | None:
    """The title in marks that ends the phrase, or of which the phrase names an issue (`‘여름’ 7월호`)."""
    mark: int | None = end if tokens[end].tag == "SSC" else None
    if mark is None and tokens[end].form in _ISSUES:
        mark = next((k for k in range(end - 1, max(begin, end - 4), -1) if tokens[k].tag == "SSC"), None)
    if mark is None or tokens[mark].form in _BRACKETS:
        return None
    opening = names.opening_mark(tokens, mark, begin)
    if opening is None or opening + 1 > mark - 1:
        return None
    return Span(tokens[opening + 1].start, tokens[mark - 1].end)


def noun_begin(tokens: Sequence[Token], last: int, least: int) -> int:
    """Index of the first token of the noun phrase that ends with `last`."""
    k = last
    floor = max(least, last - _PHRASE)
    first = last + 1
    while k >= floor:
        token = tokens[k]
        tag = token.tag
        if tag == "SSC":
            opening = names.opening_mark(tokens, k, floor)
            if opening is None:
                break
            k = first = opening
        elif tag[0] == "N" or tag in ("SL", "SH", "SN", "XSN", "XPN", "XR") or token.form == "%":
            first = k
        elif tag == "MM":
            attached = k > 0 and tokens[k - 1].word == token.word
            if attached and token.form == "한":  # `진료한 의료진` taken for a noun and 한
                break
            if token.form not in _MODIFIERS and not attached and not (first <= last and token.word == tokens[first].word):
                break  # attached: the end of a name taken apart (`박지현` as 박지 and 현)
            first = k
        elif tag in ("SO", "JC") or (tag in ("SP", "SW") and (token.form in _INNER or (token.form == "," and _listed(tokens, k, last)))):
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


def _without_leading(tokens: Sequence[Token], begin: int, end: int, words: SourceWords) -> int:
    """Skip dates and what only places the phrase (`12일 가나청` -> `가나청`, `사고 당시 운전자` -> `운전자`)."""
    for k in range(end - 1, begin, -1):
        if tokens[k].form in _MOMENTS and tokens[k].tag in ("NNG", "NNB") and tokens[k + 1].word != tokens[k].word:
            begin = k + 1
            break
    while begin < end:
        token, following = tokens[begin], tokens[begin + 1]
        if token.tag == "SN" and begin + 2 <= end and (following.form in _TIME_UNITS or following.tag == "SP"):
            begin += 2
        elif token.tag in ("SP", "SW", "JC") or (token.form in words.leading and token.tag != "NNP" and token.word != following.word):
            begin += 1
        elif token.tag == "SSO" and token.form in "(（[【":
            closing = next((k for k in range(begin, end) if tokens[k].tag == "SSC"), None)
            if closing is None:
                return begin
            begin = closing + 1
        else:
            return begin
    return begin
