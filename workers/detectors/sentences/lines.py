"""Lines of the text, with hard-wrapped prose joined again."""

import re
from collections.abc import Sequence
from typing import NamedTuple

_LINE = re.compile(r"[^\n]*\S[^\n]*")
_LEFT, _RIGHT = re.compile(r"\s*"), re.compile(r"\s+$")
_ENDED = re.compile(r"[.?!…。:;][\"'”’)\]」』]*$")
# last letters of particles and of endings that a clause goes on after
_GOES_ON = frozenset("은는이가을를의에도로와과며고서면한된할인던들된,·게해여")
_LEAST_WRAP = 24  # narrower columns are lists of headings


class Line(NamedTuple):
    """A stretch [start, end) of the text without outer space; `gap` tells whether an empty line stands before it."""

    start: int
    end: int
    gap: bool


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


def join(text: str, lines: Sequence[Line], starts_item: "re.Pattern[str]") -> list[Line]:
    """`lines` with those of a hard-wrapped paragraph made one.

    A line was wrapped where nothing ended it and the next line's first word would not have fitted into the paragraph's
    width, or nearly so in the middle of a clause; `starts_item` matches lines that begin something new.
    """
    joined: list[Line] = []
    at = 0
    while at < len(lines):
        end = at + 1
        while end < len(lines) and not lines[end].gap:
            end += 1
        joined += _joined_block(text, lines[at:end], starts_item)
        at = end
    return joined


def _joined_block(text: str, block: Sequence[Line], starts_item: "re.Pattern[str]") -> list[Line]:
    if len(block) < 2:
        return list(block)
    width = max(line.end - line.start for line in block)
    if width < _LEAST_WRAP or width > 200:
        return list(block)
    found = [block[0]]
    for line in block[1:]:
        last = found[-1]
        previous = _previous_row(text, last)
        row = last.end - previous
        word_end = text.find(" ", line.start, line.end)
        full = row + (word_end if word_end > 0 else line.end) - line.start >= width
        unended = not _ENDED.search(text, max(previous, last.end - 4), last.end) and not starts_item.match(text, line.start)
        inside_clause = text[last.end - 1] in _GOES_ON or len(block) > 2
        if unended and inside_clause and (full or (row >= 0.75 * width and text[last.end - 1] in _GOES_ON)):
            found[-1] = Line(last.start, line.end, last.gap)
        else:
            found.append(line)
    # headings below one another are about as wide, too; prose comes to a full stop
    return [piece for group in (_checked(text, line, block) for line in found) for piece in group]


def _previous_row(text: str, line: Line) -> int:
    """Start of the last row of a joined line."""
    return max(line.start, text.rfind("\n", line.start, line.end) + 1)


def _checked(text: str, joined: Line, block: Sequence[Line]) -> list[Line]:
    rows = [line for line in block if joined.start <= line.start < joined.end]
    if len(rows) < 2 or _ENDED.search(text, max(joined.start, joined.end - 4), joined.end):
        return [joined]
    return rows
