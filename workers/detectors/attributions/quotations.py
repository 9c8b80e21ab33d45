"""Pairs of quotation marks, also mixed ("…”) and unbalanced ones; linear in the text."""

import re

from workers.document import Span

_DOUBLE = '"“”„‟＂'
_SINGLE = "'‘’‚‛＇`"
_CORNER = {"「": "」", "『": "』", "«": "»", "‹": "›"}
_FAMILY = dict.fromkeys(_DOUBLE, "double") | dict.fromkeys(_SINGLE, "single")
_OPENERS = frozenset("“‘„‚「『«‹")
_CLOSERS = frozenset("”’」』»›")
MARKS = frozenset(_DOUBLE + _SINGLE + "".join(_CORNER) + "".join(_CORNER.values()))
_MARK = re.compile("[" + "".join(sorted(MARKS)) + "]")
LONGEST = 3_000  # code points; a mark further off is a stray one


def marks(text: str) -> list[int]:
    """Where quotation marks stand."""
    return [found.start() for found in _MARK.finditer(text)]


def pairs(text: str, positions: list[int]) -> dict[int, int]:
    """{position of a closing mark: position of its opening mark} for the quotation marks at `positions` of `text`, in order.

    A mark that could be both closes the pair of its family that is open, unless a space or nothing stands before it.
    Marks left open are forgotten.
    """
    closed: dict[int, int] = {}
    open_at: dict[str, list[int]] = {}
    paragraph = 0
    for at in positions:
        if text.find("\n\n", paragraph, at) >= 0:
            open_at.clear()
        paragraph = at
        mark = text[at]
        family = _FAMILY.get(mark) or (mark if mark in _CORNER else next((o for o, c in _CORNER.items() if c == mark), mark))
        stack = open_at.setdefault(family, [])
        while stack and at - stack[-1] > LONGEST:
            stack.pop()
        before = text[at - 1] if at else " "
        after = text[at + 1] if at + 1 < len(text) else " "
        opens = mark in _OPENERS or (mark not in _CLOSERS and (not stack or (before.isspace() and not after.isspace())))
        if opens:
            if stack and mark not in _CORNER:
                stack.clear()  # the same family does not nest: the earlier mark was a stray one
            if not (family == "single" and before.isalnum() and after.isalnum() and mark not in _OPENERS):
                stack.append(at)
        elif stack:
            closed[at] = stack.pop()
    return closed


def outermost(closed: dict[int, int]) -> list[Span]:
    """The pairs that no other pair holds, marks included, in order."""
    spans: list[Span] = []
    for end, start in sorted(closed.items(), key=lambda pair: pair[1]):
        if not spans or start >= spans[-1].end:
            spans.append(Span(start, end + 1))
    return spans
