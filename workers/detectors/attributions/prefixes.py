"""Sources named before what they say: `X에 따르면`, `X를 보면`, `X 조사 결과`, `X에 물어보니`."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from workers.detectors.attributions import sources
from workers.detectors.attributions.lexicon import SourceWords
from workers.detectors.attributions.reading import Reading
from workers.document import Span, Token

_POSSIBLE = ("따르면", "따르자면", "의하면", "보면", "결과", "로는 ", "론 ", "그러는데", "그러던데", "그러시는데", "그러시던데")
ANSWERED = "inquiry.answered"
_UPON = frozenset(["니", "으니", "더니", "니까", "으니까"])
_WORDS = frozenset(["말", "말씀", "얘기", "이야기", "설명", "주장", "전언", "귀띔"])  # their owner is the source
_COUNTS = frozenset(["집계", "추산", "통계", "발표", "조사"])
_ASKED_WITHIN = 60  # tokens between the one who asked and what he found


class Prefix(NamedTuple):
    """A source before its content: `at` is its marker, `after` the first token of the content.

    `anaphoric`: 이에 따르면.
    """

    rule: str
    source: Span | None
    cue: Span
    at: int
    after: int
    anaphoric: bool = False


def possible(text: str, words: SourceWords) -> list[int]:
    """Where words stand without which there is no prefix, in no order; code points of `text`."""
    found = []
    for word in chain(_POSSIBLE, *words.asking.values()):
        at = text.find(word)
        while at >= 0:
            found.append(at)
            at = text.find(word, at + 1)
    return found


def prefixes(reading: Reading) -> Iterator[Prefix]:
    """The prefixes of a sentence in order."""
    if not reading.prefixed:
        return
    tokens, quoted, words = reading.tokens, reading.quoted, reading.lexicon.sources
    for k in range(1, len(tokens)):
        token = tokens[k]
        if quoted[k]:
            continue
        if (
            token.tag == "VV"
            and token.form in ("따르", "의하", "보")
            and k + 1 < len(tokens)
            and tokens[k + 1].form in ("면", "으면", "자면")
        ):
            particle = tokens[k - 1]
            if token.form == "보":
                if particle.tag != "JKO" or not _document(tokens, k - 2, words):
                    continue
            elif particle.tag != "JKB":
                continue
            cue = Span(particle.start, tokens[k + 1].end)
            last = k - 2
            after = _over_comma(tokens, k + 2)
            rule = "according.see" if token.form == "보" else "according"
        elif (
            token.tag == "NNG"
            and token.form.endswith("결과")
            and token.form.removesuffix("결과") in words.inquiries
            and k >= 1
            and tokens[k - 1].tag[0] in "NX"
            and k + 1 < len(tokens)
            and tokens[k + 1].tag[0] not in "JVXN"
        ):
            cue, last, after, rule = token.span, k - 1, k + 1, "inquiry"
        elif token.tag == "NNG" and (token.form in _WORDS or token.form in _COUNTS) and _as_said(tokens, k + 1):  # `직원 말로는`
            said = _owner(reading, k, counting=token.form in _COUNTS)
            if said is not None and tokens[k - 1].tag[0] in "NXJ":
                yield Prefix("according.words", said, Span(token.start, tokens[k + 2].end), k, _over_comma(tokens, k + 3))
            continue
        elif token.form == "그러" and token.tag == "VV" and tokens[k - 1].tag in ("JKS", "JX") and k + 1 < len(tokens):  # `친구가 그러는데`
            speaker = next((s for s in sources.speakers(reading, 0, k) if s.after == k), None)
            ending = k + 1 + (tokens[k + 1].tag == "EP" and k + 2 < len(tokens))  # `그러시는데`
            if tokens[ending].form in ("는데", "던데") and speaker is not None and not speaker.author:
                yield Prefix("according.words", speaker.span, Span(token.start, tokens[ending].end), k, _over_comma(tokens, ending + 1))
            continue
        elif token.form in words.asking and tokens[k - 1].tag == "JKB" and tokens[k - 1].form in ("에", "에게", "한테", "께"):
            answered = _answered(reading, k)
            if answered is not None:
                yield answered
            continue
        elif (
            token.tag == "NNG"
            and token.form == "결과"
            and k >= 2
            and tokens[k - 1].tag == "ETM"
            and tokens[k - 2].tag.startswith(("XSV", "VV"))
        ):
            asked = _asked(reading, k)
            if asked is not None:
                yield asked
            continue
        elif (
            token.tag == "NNG" and token.form == "결과" and k >= 2 and tokens[k - 1].form in words.inquiries and tokens[k - 1].tag == "NNG"
        ):
            if k + 1 >= len(tokens) or tokens[k + 1].tag[0] == "J" or (tokens[k + 1].word == token.word and tokens[k + 1].tag != "SP"):
                continue
            cue = Span(tokens[k - 1].start, token.end)
            last = k - 2
            if tokens[last].tag[0] not in "NXS":
                continue
            after = _over_comma(tokens, k + 1)
            rule = "inquiry"
        else:
            continue
        if last < 0:
            continue
        if tokens[last].form in ("이", "그", "이것") and tokens[last].tag == "NP":
            yield Prefix(rule, None, cue, k, after, anaphoric=True)
            continue
        source = _source(reading, last, inquirer=rule == "inquiry")
        if source is not None:
            yield Prefix(rule, source, cue, k, after)


def _as_said(tokens: Sequence[Token], at: int) -> bool:
    """로는, 으로는, 론."""
    return at + 1 < len(tokens) and tokens[at].form in ("로", "으로") and tokens[at + 1].tag == "JX" and tokens[at + 1].form in ("는", "ᆫ")


def _owner(reading: Reading, words: int, *, counting: bool = False) -> Span | None:
    """Whose words the token `words` is (`직원 말`, `직원의 말`; not `우리말`), or whose counts (`통계청 집계`; not `자체 집계`)."""
    tokens = reading.tokens
    last = words - 2 if tokens[words - 1].tag == "JKG" else words - 1
    said = sources.phrase(reading, last, 0) if last >= 0 and tokens[last].word != tokens[words].word else None
    return said.span if said is not None and not said.author and (said.strong or not counting) else None


def _asked(reading: Reading, k: int) -> Prefix | None:
    """`가나신문이 검찰에 문의한 결과 …`: the one who asked, where what follows has no speaker of its own."""
    tokens, begin = reading.tokens, k - 2
    if tokens[begin].tag == "XSV":
        begin -= 1
    if (
        not (tokens[begin].form in reading.lexicon.sources.inquiries or tokens[begin].form == "묻")
        or k + 1 >= len(tokens)
        or tokens[k + 1].tag[0] == "J"
    ):
        return None
    speaker = next((s for s in sources.speakers(reading, max(0, k - _ASKED_WITHIN), begin) if s.strong and not s.topic), None)
    if speaker is None:
        return None
    return Prefix("inquiry.asked", speaker.span, Span(tokens[begin].start, tokens[k].end), k, _over_comma(tokens, k + 1))


def _answered(reading: Reading, k: int) -> Prefix | None:
    """`구청에 물어보니 …`: whom the asking word `k` asks."""
    tokens = reading.tokens
    ending = k + 1
    while ending < len(tokens) and tokens[ending].tag in ("XSV", "EP"):
        ending += 1
    if ending >= len(tokens) or tokens[ending].tag != "EC" or tokens[ending].form not in _UPON:
        return None
    asked = sources.phrase(reading, k - 2, 0) if k >= 2 else None
    if asked is None or asked.author:
        return None
    return Prefix(ANSWERED, asked.span, Span(tokens[k].start, tokens[ending].end), k, _over_comma(tokens, ending + 1))


def _over_comma(tokens: Sequence[Token], at: int) -> int:
    while at < len(tokens) and (tokens[at].tag == "SP" or tokens[at].tag == "JX"):
        at += 1
    return at


def _document(tokens: Sequence[Token], last: int, words: SourceWords) -> bool:
    return last >= 0 and (tokens[last].form in words.documents or tokens[last].tag == "SSC")


def _source(reading: Reading, last: int, *, inquirer: bool) -> Span | None:
    """`inquirer`: somebody must have inquired (`경찰 조사 결과`; `혈액 검사 결과` names nobody)."""
    tokens, words = reading.tokens, reading.lexicon.sources
    owner = _owner(reading, last) if tokens[last].form in _WORDS and last else None
    if owner is not None:  # `점원 말에 의하면`
        return owner
    found = sources.phrase(reading, last, 0)
    if inquirer and (found is None or not found.strong):
        return None
    if found is None:
        if tokens[last].tag[0] != "N":
            return None
        begin = sources.noun_begin(tokens, last, 0)
        return Span(tokens[begin].start, tokens[last].end)
    span, first = found.span, found.begin
    if tokens[last].form in words.reports and last >= 2 and first == last and tokens[last - 1].tag == "JKG":  # `가나일보의 보도`
        bearer = sources.phrase(reading, last - 2, 0)
        if bearer is not None and bearer.strong:
            return bearer.span
    # `가나일보 보도에 따르면`: the paper is the source
    head = tokens[last]
    medium = last - 1 >= first and (tokens[last - 1].tag in ("NNP", "SL") or tokens[last - 1].form.endswith(words.media_endings))
    if head.form in words.reports and medium:
        shorter = sources.phrase(reading, last - 1, first)
        if shorter is not None:
            return shorter.span
    if last >= first and head.tag != "SSC" and tokens[first].tag == "SSO" and head.form in words.documents:
        return Span(tokens[first].start, head.end)
    return span
