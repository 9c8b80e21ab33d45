"""Where sentences end inside one line."""

import re
from bisect import bisect_left
from collections.abc import Sequence

from workers.detectors.sentences.lexicon import Lexicon
from workers.document import Span, Token

_CLOSERS = r"[\"'”’)\]」』》〉）〕】]"
# one class of letters first: so the engine finds where to look without trying every alternative at every letter
_CANDIDATE = re.compile(
    r"[.?!…。？！ㅋㅎㅠㅜ~^;:](?:(?<=[.?!…。？！])[.?!…。？！]*[~ㅋㅎㅠㅜ^]*|(?<=[ㅋㅎㅠㅜ])[ㅋㅎㅠㅜ]+|(?<=~)~*|(?<=\^)\^|(?<=[;:])[)D])"
    rf"{_CLOSERS}*"
)
_QUOTE = re.compile(r"[“”‘’\"'「」『』()（）\[\]]")
_OPENS = {"“": "”", "‘": "’", "「": "」", "『": "』", "(": ")", "（": "）", "[": "]"}
_STOPS = frozenset(".?!…。？！")
_DATE_BEFORE = re.compile(r"\d{1,4}\. ?\d{1,2}\.$|^\(?\d{1,2}\.$|\d\.$")
_LATIN = re.compile(r"[A-Za-z.&]+\.$")
_WORD_OR_QUOTE = re.compile(r"[가-힣“‘\"]")
_APOSTROPHE = re.compile(r"\w'[A-Za-z]")
_LONGEST_QUOTE = 2_000  # beyond that a quotation mark was forgotten


def ends(text: str, line: Span, tokens: Sequence[Token], starts: Sequence[int], lexicon: Lexicon) -> list[Span]:
    """The sentences of `line`; `starts` holds the start of every token of the document."""
    pairs = _quotes(text, line)
    found: list[Span] = []
    start, at = line.start, 0
    standalone = -1  # index of the pair whose sentences stand for themselves
    for match in _CANDIDATE.finditer(text, line.start, line.end):
        stop, end = match.start(), match.end()
        if end >= line.end or stop < start:
            continue
        while at < len(pairs) and pairs[at].end <= stop:
            at += 1
        if at < len(pairs) and pairs[at].start < stop:
            opened, closed = pairs[at].start, pairs[at].end
            if opened == start and not lexicon.continuation.match(text, closed):
                standalone = at
            if end < closed and standalone != at:
                continue
        if _ends_here(text, match, tokens, starts, lexicon, start):
            found.append(Span(start, end))
            start = end
            while start < line.end and text[start].isspace():
                start += 1
    if start < line.end:
        found.append(Span(start, line.end))
    return found


def _ends_here(text: str, match: "re.Match[str]", tokens: Sequence[Token], starts: Sequence[int], lexicon: Lexicon, start: int) -> bool:
    stop, end = match.start(), match.end()
    mark = text[stop]
    after = bisect_left(starts, end)
    before = bisect_left(starts, stop) - 1
    while before >= 0 and tokens[before].tag in ("SF", "SSC", "SE"):
        before -= 1
    if before < 0 or after >= len(tokens):
        return False
    split_by_kiwi = tokens[before].sentence != tokens[after].sentence
    if mark not in _STOPS:
        return split_by_kiwi and text[end].isspace()
    final = tokens[before].tag == "EF"
    closed = text[end - 1] not in _STOPS
    if not text[end].isspace():
        # `했다.그러나`: an ending and a full stop without a space; `“…다.”라고` goes on
        return final and split_by_kiwi and not closed and mark in ".?!" and end - stop == 1 and _WORD_OR_QUOTE.match(text, end) is not None
    if text[stop - 1] in "([（":  # (?) and (!) comment on a word
        return False
    if lexicon.continuation.match(text, end):
        return False
    if mark == ".":
        head = text[max(start, stop - 12) : stop + 1]
        if _DATE_BEFORE.search(head) and not final:
            rest = text[end : end + 2].strip()
            return not (rest[:1].isdigit() or stop - start < 4 or len(_DATE_BEFORE.findall(head)[0]) > 3)
        latin = _LATIN.search(head)
        if latin and not final and (len(latin.group()) == 2 or latin.group().rstrip(".").lower() in lexicon.abbreviations):
            return split_by_kiwi and not text[end:].lstrip()[:1].isascii()
    if closed and _opened_inside(text, start, stop):
        return split_by_kiwi and final
    if mark == "…" or match.group().startswith(".."):
        return final or split_by_kiwi
    return True


def _opened_inside(text: str, start: int, stop: int) -> bool:
    """Whether the quotation that closes at `stop` began after the sentence's first character."""
    opened = max(text.rfind(mark, start, stop) for mark in '“‘"「『')
    return opened > start


def _quotes(text: str, line: Span) -> list[Span]:
    """Outermost balanced pairs of quotation marks and brackets, in order; a mark without its partner counts for nothing."""
    pairs: list[Span] = []
    open_at: list[tuple[str, int]] = []
    for match in _QUOTE.finditer(text, line.start, line.end):
        mark, at = match.group(), match.start()
        if mark in "\"'":
            if mark == "'" and at and _APOSTROPHE.match(text, at - 1):
                continue
            closes = any(waited == mark for waited, _ in open_at[-4:])
            if not closes:
                open_at.append((mark, at))
                continue
        elif mark in _OPENS:
            open_at.append((_OPENS[mark], at))
            continue
        depth = next((i for i in range(len(open_at) - 1, max(-1, len(open_at) - 5), -1) if open_at[i][0] == mark), None)
        if depth is None:
            continue
        opened = open_at[depth][1]
        del open_at[depth:]
        if at - opened > _LONGEST_QUOTE:
            continue
        while pairs and pairs[-1].start > opened:
            pairs.pop()
        pairs.append(Span(opened, at + 1))
    return pairs
