"""Lines of the text, with hard-wrapped prose joined again.

A line end is a wrap, and no break, where the text goes on over it. Two things tell so, and neither needs a list of words:

- grammar: behind a particle, a comma, a connective or an adnominal ending no sentence is over, nor is one that began behind a full stop;
- layout: whoever wraps at a width begins a new line only when the next word would not fit. So nearly every line of wrapped text that no
  mark ends is full, and as the width cuts anywhere, many of these stop where grammar goes on. Lists and headings may be as wide as one
  another by chance, but they end in nouns.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from workers.detectors.sentences.lexicon import Lexicon
from workers.document import Token

_LINE = re.compile(r"[^\n]*\S[^\n]*")
_ENDED = re.compile(r"(?:[.?!…。:;~^]|[ㅋㅎㅠㅜ]{2})[\"'”’)\]」』]*$")
_GOING_ON = frozenset(("JKS", "JKO", "JKG", "JKB", "JKC", "JKQ", "JX", "JC", "EC", "ETM", "MM", "SP"))
_FINAL = tuple("요죠다까네나어아")  # connective to Kiwi, the end to who writes without full stops and in headings (`영향 커`)
_STOP_INSIDE = re.compile(r"[가-힣][.?!][\"'”’)]* ")
_WIDE = re.compile(r"[^\0-\u10ff\u1200-\u2e7f]+")
_WIDTHS = 8  # tried
_NARROWEST, _WIDEST = 24, 220  # wider lines are paragraphs
_SLACK = 0.04  # of the width: letters are not all as wide as they are counted
_LEAST_FULL, _SHARE_FULL, _SHARE_GOING_ON = 2, 0.8, 0.2  # of the longer lines are full, of the full ones go on; in prose two thirds
_BY_HAND = 100  # columns; a line of more may be a paragraph


class Line(NamedTuple):
    """A stretch [start, end) of the text without outer space; `gap` tells whether an empty line stands before it."""

    start: int
    end: int
    gap: bool


class _Width(NamedTuple):
    """What a text was wrapped to: in columns, of which a Hangul syllable takes two, or in characters."""

    columns: bool
    size: int

    def fills(self, edge: int, needed: int) -> bool:
        """Whether a line that ends at `edge` was full: with the next word it would have ended at `needed`."""
        return edge <= self.size * (1 + _SLACK) and needed > self.size * (1 - _SLACK)


def read(text: str) -> list[Line]:
    """The lines of `text` that show anything."""
    found: list[Line] = []
    before = 0
    for match in _LINE.finditer(text):
        line = match.group()
        start = match.start() + len(line) - len(line.lstrip())
        found.append(Line(start, match.start() + len(line.rstrip()), text.count("\n", before, match.start()) > 1))
        before = match.end()
    return found


def join(text: str, lines: Sequence[Line], tokens: Sequence[Token], starts: Sequence[int], lexicon: Lexicon) -> list[Line]:
    """`lines` with those made one over whose ends the text goes on; `starts` holds the start of every token of the document."""
    unended = [at for at in range(len(lines) - 1) if _unended(text, lines[at], lines[at + 1], lexicon)]
    going_on = {at for at in unended if _goes_on(text, lines[at], tokens, starts)}
    if not going_on:
        return list(lines)
    width = _width(text, lines, unended, going_on)
    if width is None:
        full = frozenset[int]()
        over = frozenset(at for at in going_on if _broken_by_hand(text, lines[at], lines[at + 1]))
    else:
        near = (at for at in range(len(lines) - 1) if not lines[at + 1].gap)
        full = frozenset(at for at in near if width.fills(*_edges(text, lines, at, width.columns)))
        over = full.intersection(unended)
    hints = lexicon.hints(text) if over else []
    over -= {at for at in over if lexicon.short_boilerplate.stand_in(text, lines[at + 1].start, lines[at + 1].end, hints)}
    joined: list[Line] = []
    first, quoting = 0, False
    for at, line in enumerate(lines):
        quoting = _quoting(text[line.start : line.end], quoting and at > first)
        if at in over or (
            quoting and (at in full or _closes(text, lines[at + 1 : at + 2]))
        ):  # the line's end ends a sentence of a quotation
            continue
        whole = Line(lines[first].start, line.end, lines[first].gap)
        if first == at or _is_prose(text, whole, tokens, starts, lexicon) or (width and any(row in going_on for row in range(first, at))):
            joined.append(whole)
        else:
            joined += lines[first : at + 1]
        first = at + 1
    return joined


def _unended(text: str, line: Line, following: Line, lexicon: Lexicon) -> bool:
    """Does no mark, no empty line and nothing that begins something new part the lines?"""
    if following.gap or _ENDED.search(text, max(line.start, line.end - 4), line.end):
        return False
    return not lexicon.item.match(text, following.start)


def _goes_on(text: str, line: Line, tokens: Sequence[Token], starts: Sequence[int]) -> bool:
    """Does grammar want more after the line's last morpheme, is the next one bound, or did a sentence end in the line and another begin?"""
    after = bisect_left(starts, line.end)
    if not after or starts[after - 1] < line.start:
        return False
    form, tag = tokens[after - 1][:2]
    if tag in _GOING_ON:
        return form == "," if tag == "SP" else not form.endswith(_FINAL)
    if tag[0] not in "NX":
        return False
    return (after < len(tokens) and tokens[after][1][0] in "JE") or _STOP_INSIDE.search(text, line.start, line.end) is not None


def _broken_by_hand(text: str, line: Line, following: Line) -> bool:
    """Are the lines of a kind, and not a title and a paragraph?"""
    return _columns(text[following.start : following.end]) <= max(_BY_HAND, 2 * _columns(text[line.start : line.end]))


def _width(text: str, lines: Sequence[Line], unended: Sequence[int], going_on: AbstractSet[int]) -> _Width | None:
    """The width in which nearly all lines are full but those of headings, which are short; None where lines were broken by hand."""
    best, most = None, 0
    for columns in (True, False):
        edges = [_edges(text, lines, at, columns) for at in unended]
        for size in sorted({edge for edge, _ in edges if _NARROWEST <= edge <= _WIDEST})[-_WIDTHS:]:
            width = _Width(columns, size)
            full = [at for at, edge in zip(unended, edges, strict=True) if width.fills(*edge)]
            long = sum(edge >= size / 2 for edge, _ in edges)
            shown = len(full) >= max(_LEAST_FULL, _SHARE_FULL * long) and len(going_on & set(full)) >= _SHARE_GOING_ON * len(full)
            if shown and len(full) >= most:
                best, most = width, len(full)
    return best


def _edges(text: str, lines: Sequence[Line], at: int, columns: bool) -> tuple[int, int]:
    """Where line number `at` ends, and where it would end with the first word of the next one."""
    line, following = lines[at], lines[at + 1]
    space = text.find(" ", following.start, following.end)
    row = text[text.rfind("\n", 0, line.start) + 1 : line.end]
    word = text[following.start : space if space >= 0 else following.end]
    edge = _columns(row) if columns else len(row)
    return edge, edge + 1 + (_columns(word) if columns else len(word))


def _columns(row: str) -> int:
    return 2 * len(row) - len(_WIDE.sub("", row))


def _quoting(row: str, before: bool) -> bool:
    """Is a quotation open at the end of `row`?"""
    opened, closed = row.rfind("“"), row.rfind("”")
    if opened < 0 and closed < 0:
        return before != (row.count('"') % 2 == 1)
    return opened > closed


def _closes(text: str, following: Sequence[Line]) -> bool:
    """Does the next line, which no empty one parts, close the quotation?"""
    return any(not line.gap and ("”" in text[line.start : line.end] or '"' in text[line.start : line.end]) for line in following)


def _is_prose(text: str, line: Line, tokens: Sequence[Token], starts: Sequence[int], lexicon: Lexicon) -> bool:
    """Does the joined line come to an end as sentences do, or is it an item that takes more than a row?"""
    if _ENDED.search(text, max(line.start, line.end - 4), line.end) or lexicon.item.match(text, line.start):
        return True
    final = bisect_left(starts, line.end) - 1
    return final >= 0 and tokens[final][1] in ("EF", "ETN")
