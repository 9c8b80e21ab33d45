"""Names inside a noun phrase: without title, kind or country, and where Kiwi took an unknown one apart."""

from collections.abc import Sequence

from workers.detectors.attributions.lexicon import SourceWords
from workers.detectors.attributions.reading import Mentions
from workers.document import Span, Token


def addressed(tokens: Sequence[Token], begin: int, end: int, mentions: Mentions) -> Span:
    """`방송인 하나래 씨` -> `하나래`; `김씨`, `A씨` stay, being all the name there is."""
    address, name = tokens[end], end - 1
    while name > begin and tokens[name].tag == "SSC":
        opening = opening_mark(tokens, name, begin)
        if opening is None or opening == begin:
            break
        name = opening - 1
    person = mentions.last_person(tokens[begin].start, address.end)
    first = name
    if tokens[name].form == "모" and name > begin:
        first = name - 1
    elif tokens[name].tag == "NNP":
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
    return span(tokens, first, name)


def titled(tokens: Sequence[Token], begin: int, end: int, words: SourceWords, mentions: Mentions) -> Span | None:
    """The name before a title (`가나당 홍길동 의원` -> `홍길동`); the whole role where it names none (`산업부 장관`).

    None where the phrase ends in no title.
    """
    title = title_begin(tokens, begin, end, words)
    if title is None:
        return None
    before = title - 1
    while before >= begin and _former(tokens, before):
        before -= 1
    person = mentions.last_person(tokens[begin].start, tokens[before if before >= begin else end].end)
    if person is not None:
        if before > begin and person.end == tokens[before - 1].end and tokens[before].tag == "MM":  # `박지현` named without its end
            person = Span(person.start, tokens[before].end)
        return _joined(tokens, without_body(tokens, person, begin, end, words), begin, words, mentions)
    if before >= begin and tokens[before].tag == "SSC":
        opening = opening_mark(tokens, before, begin)
        if opening is None or opening == begin:
            return span(tokens, begin, end)
        before = opening - 1
    if before < begin:
        return span(tokens, begin, end)
    name = tokens[before]
    if len(name.form) == 1 and name.form in words.surnames and (before == begin or tokens[before - 1].word != name.word):
        article = name.form in words.indefinite and name.word != tokens[title].word and name.form not in mentions.surnames
        return span(tokens, before, end) if article else name.span
    found = _full_name(tokens, begin, before, words)
    if found is not None:
        return _joined(tokens, found, begin, words, mentions)
    if name.tag == "NNP" and not institution(name.form, words) and name.form not in words.countries:
        first = before
        while foreign(tokens, first - 1, begin, words):
            first -= 1
        return span(tokens, first, before)
    return span(tokens, begin, end)


def _former(tokens: Sequence[Token], at: int) -> bool:
    """Is this `전` or the like before a title, and not the end of a name (`박지현` as 박지 and 현)?"""
    token = tokens[at]
    attached = at > 0 and tokens[at - 1].word == token.word
    return token.tag in ("MM", "XPN") and token.form in ("전", "현", "고", "부") and not attached


def _joined(tokens: Sequence[Token], found: Span, begin: int, words: SourceWords, mentions: Mentions) -> Span:
    """`found` with the one named beside it (`박지현 대표와 이도윤 이사`)."""
    first = next((k for k, t in enumerate(tokens[begin:], begin) if t.start >= found.start), begin)
    if first - 1 <= begin or tokens[first - 1].form not in _AND:
        return found
    beside = titled(tokens, begin, first - 2, words, mentions)
    if beside is None:
        beside = mentions.last_person(tokens[begin].start, tokens[first - 2].end) or _full_name(tokens, begin, first - 2, words)
    return Span(beside.start, found.end) if beside is not None else found


_AND = frozenset(["와", "과", "·", "ㆍ", "및", ","])


def _full_name(tokens: Sequence[Token], begin: int, last: int, words: SourceWords) -> Span | None:
    """The word before a title that is a full name: the last one, else one further left (`강민우(52) 다온대 교수`, `윤도경 한빛시 국장`)."""
    doubtful: Span | None = None
    at, word = last, -1
    while at >= begin:
        if tokens[at].word == word:
            at -= 1
            continue
        if tokens[at].tag == "NNP" and " " in tokens[at].form:
            return tokens[at].span
        word, first, end = tokens[at].word, at, at
        while first > begin and tokens[first - 1].word == word:
            first -= 1
        for k in range(first, at + 1):
            if tokens[k].tag in ("SSO", "SP", "JC"):
                end = k - 1
                break
        if end >= first:
            form = "".join(t.form for t in tokens[first : end + 1])
            proper = any(t.tag == "NNP" for t in tokens[first : end + 1])
            body = form.endswith(words.institution_endings)
            apart = first < end and any(t.tag not in ("NNG", "NNB", "XSN") for t in tokens[first : end + 1])
            leads = first == begin and end < last and tokens[last].word != word  # `서준하 가온당 원내대표`
            if full_name(form, words) and (proper or apart or (leads and not body) or (at == last and first < end and not body)):
                if not body:
                    return span(tokens, first, end)
                doubtful = span(tokens, first, end) if proper and (doubtful is None or first == begin) else doubtful
        at = first - 1
    return doubtful


_NO_NAME = frozenset(["MAG", "MAJ", "IC", "NP", "JKS", "JKO", "JKB", "JKG", "JC", "EF"])


def leading_name(text: str, tokens: Sequence[Token], first: int, words: SourceWords) -> Span | None:
    """An unknown name before an institution and a title that was taken for other words (`강이든 해양수산부 장관`), at a clause's start."""
    begin = first
    while begin > 0 and tokens[begin - 1].word == tokens[first - 1].word:
        begin -= 1
    if begin == first or tokens[first].word == tokens[first - 1].word or (begin > 0 and tokens[begin - 1].tag not in ("SP", "SSC", "SSO")):
        return None
    found = span(tokens, begin, first - 1)
    word = text[found.start : found.end]
    return found if full_name(word, words) and word.isalpha() and not any(t.tag in _NO_NAME for t in tokens[begin:first]) else None


def without_body(tokens: Sequence[Token], person: Span, begin: int, end: int, words: SourceWords) -> Span:
    """`person` without an institution or country that was taken for part of the name (`유하린 가온시` -> `유하린`)."""
    first = next((k for k in range(begin, end + 1) if tokens[k].start >= person.start), end)
    last = next((k for k in range(end, first - 1, -1) if tokens[k].end <= person.end), first)
    whole = first, last
    while first < last and tokens[first].word != tokens[last].word:
        tail = last
        while tokens[tail - 1].word == tokens[last].word:
            tail -= 1
        word = "".join(t.form for t in tokens[tail : last + 1])
        body = institution(word, words) or word in words.countries or word in words.countries_short or word in words.speaking
        if not body or (full_name(word, words) and not full_name("".join(t.form for t in tokens[first:tail]), words)):
            break
        last = tail - 1
    while first < last and tokens[first].word != tokens[last].word:
        head = first
        while tokens[head + 1].word == tokens[first].word:
            head += 1
        word = "".join(t.form for t in tokens[first : head + 1])
        if not (institution(word, words) and full_name("".join(t.form for t in tokens[head + 1 : last + 1]), words)):
            break
        first = head + 1
    return person if (first, last) == whole else span(tokens, first, last)


def title_begin(tokens: Sequence[Token], begin: int, end: int, words: SourceWords) -> int | None:
    """First token of the title that ends with `end` (`원내`+`대표`, `김대통령`), else None."""
    at, form = end, ""
    best = None
    while at >= begin and tokens[at].word == tokens[end].word and tokens[at].tag[0] in "NXS" and tokens[at].tag not in ("SSC", "SSO"):
        form = tokens[at].form + form
        if form in words.titles or form in words.title_endings or (len(form) > 3 and form.endswith(words.title_endings)):
            best = at
        at -= 1
    if best is None or (best != end and form not in words.titles and tokens[best - 1].tag != "NNP"):
        return best
    return best


def foreign(tokens: Sequence[Token], at: int, begin: int, words: SourceWords) -> bool:
    """Is token `at` a further part of a name written in several words?"""
    return at >= begin and tokens[at].tag == "NNP" and not institution(tokens[at].form, words) and tokens[at].form not in words.countries


def full_name(form: str, words: SourceWords) -> bool:
    return (len(form) == 3 and form[0] in words.surnames and form not in words.speaking) or (
        len(form) == 4 and form[:2] in ("남궁", "황보", "제갈", "선우", "독고", "사공", "서문")
    )


def named(tokens: Sequence[Token], begin: int, end: int, words: SourceWords) -> int:
    """First token of a proper name without kind or country before it (`영국 매체 다온뉴스` -> `다온뉴스`, `배우 하나래` -> `하나래`)."""
    listed = any(t.tag == "JC" or t.form == "," for t in tokens[begin:end])
    proper = tokens[end].tag == "NNP"
    medium = written(tokens, end, begin).endswith(words.media_endings)
    while begin < end and tokens[begin].word != tokens[end].word:
        if tokens[begin].tag in ("SSO", "SSC"):
            break
        after = begin
        while after < end and tokens[after].word == tokens[begin].word:
            after += 1
        plain = all(t.tag in ("NNG", "XSN", "XPN", "JC", "MAJ", "MAG", "MM") for t in tokens[begin:after])
        word = "".join(t.form for t in tokens[begin:after])
        if (
            word in words.kinds
            or word.endswith(words.kind_endings)
            or (plain and proper and not listed)
            or (not listed and word in words.countries and (medium or tokens[after].form in words.kinds))
        ):
            begin = after
        else:
            break
    return begin


def written(tokens: Sequence[Token], last: int, least: int) -> str:
    """The letters of the space-separated word of token `last`, up to it."""
    k = last
    while (
        k > least and tokens[k - 1].word == tokens[last].word and tokens[k - 1].tag[0] in "NXS" and tokens[k - 1].tag not in ("SSO", "SSC")
    ):
        k -= 1
    return "".join(t.form for t in tokens[k : last + 1])


def institution(word: str, words: SourceWords) -> bool:
    return len(word) >= 3 and not word[0].isdigit() and word.endswith(words.institution_endings)


def opening_mark(tokens: Sequence[Token], closing: int, floor: int) -> int | None:
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


def span(tokens: Sequence[Token], begin: int, end: int) -> Span:
    return Span(tokens[begin].start, tokens[end].end)
