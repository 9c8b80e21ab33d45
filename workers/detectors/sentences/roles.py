"""What a line is for: body, heading, list item, or boilerplate around the document."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from enum import Enum, auto

from schemas.labels import Role
from workers.detectors.sentences.lexicon import Lexicon
from workers.detectors.sentences.lines import Line
from workers.document import Span, Token

_STOP = re.compile(r"[.?!…。？！]+[~ㅋㅎㅠㅜ^]*[\"'”’)\]」』]*$")
_FULL_STOP = re.compile(r"[.…。][\"'”’)\]」』]*$")
_FELT = re.compile(r"(?:[ㅋㅎㅠㅜ]{2,}|ㅡㅡ|\^\^|~)[~!?ㅋㅎㅠㅜ^]*$")
_LABEL = re.compile(r"[^:：.?!]{2,40}[:：] ?\S")
_OPENS_LIST = re.compile(r"[:：]$|(?:다음과 같|아래와 같|다음의|다음은)")
_LONGEST_HEADING = 60
_SHORT = 9


class Shape(Enum):
    """What a line looks like by itself."""

    PROSE = auto()
    UNSTOPPED = auto()  # a final ending without a full stop
    FELT = auto()  # ends in a sign of feeling (`ㅠㅠ`), as headings do not but for a title
    QUESTION = auto()
    NOMINAL = auto()
    ITEM = auto()
    MARKED_HEADING = auto()
    BOILERPLATE = auto()


def assign(
    text: str, lines: Sequence[Line], parts: Sequence[Sequence[Span]], tokens: Sequence[Token], starts: Sequence[int], lexicon: Lexicon
) -> list[Role]:
    """One role for each line; `parts` are the sentences of each, `starts` the start of every token."""
    hints = lexicon.hints(text)
    shapes = [_shape(text, line, spans, tokens, starts, hints, lexicon) for line, spans in zip(lines, parts, strict=True)]
    if len(lines) == 1:
        return [Role.BOILERPLATE if shapes[0] is Shape.BOILERPLATE else Role.BODY]
    unstopped = shapes.count(Shape.UNSTOPPED) + shapes.count(Shape.FELT)
    if unstopped > shapes.count(Shape.PROSE):  # a writer who sets no full stops
        shapes = [Shape.PROSE if s is Shape.UNSTOPPED and i else s for i, s in enumerate(shapes)]
    titled = len(lines) > 1 and lines[1].gap
    shapes = [(Shape.PROSE if i or not titled else Shape.UNSTOPPED) if s is Shape.FELT else s for i, s in enumerate(shapes)]
    prose = [i for i, shape in enumerate(shapes) if shape is Shape.PROSE]
    first = prose[0] if prose else len(lines)
    last = prose[-1] if prose else -1
    roles = [_alone(shape) for shape in shapes]
    _lead(text, lines, shapes, roles, first, lexicon)
    _middle(text, lines, shapes, roles, first, lexicon)
    _tail(text, lines, shapes, roles, last, hints, lexicon)
    return roles


def _shape(
    text: str, line: Line, spans: Sequence[Span], tokens: Sequence[Token], starts: Sequence[int], hints: Sequence[int], lexicon: Lexicon
) -> Shape:
    start, end = line.start, line.end
    length = end - start
    written = text[start:end]
    if (lexicon.boilerplate if len(spans) > 2 or length > 120 else lexicon.short_boilerplate).stand_in(text, start, end, hints):
        return Shape.BOILERPLATE
    if lexicon.list_bullet.match(written):
        return Shape.ITEM
    if lexicon.heading_bullet.match(written) and length <= _LONGEST_HEADING and not _FULL_STOP.search(written):
        return Shape.MARKED_HEADING
    final = _final_tag(tokens, starts, start, end) == "EF"
    if _STOP.search(written):
        if written.rstrip("\"'”’)").endswith(("?", "!")) and length <= _LONGEST_HEADING and len(spans) == 1:
            return Shape.QUESTION
        return Shape.PROSE if final or length >= 20 or len(spans) > 1 else Shape.QUESTION
    if _FELT.search(written) or (final and tokens[bisect_left(starts, end) - 1].tag == "W_EMOJI"):
        return Shape.FELT
    if written[-1] in ":：":
        return Shape.PROSE if len(spans) > 1 or _final_tag(tokens, starts, start, end)[:1] in "JE" else Shape.NOMINAL
    if final:
        return Shape.PROSE if len(spans) > 1 or length > _LONGEST_HEADING else Shape.UNSTOPPED
    if len(spans) > 1 or length > 90:
        return Shape.BOILERPLATE if _menu(tokens, starts, start, end) else Shape.PROSE
    return Shape.BOILERPLATE if length >= 20 and _menu(tokens, starts, start, end) else Shape.NOMINAL


def _final_tag(tokens: Sequence[Token], starts: Sequence[int], start: int, end: int) -> str:
    at = bisect_left(starts, end) - 1
    while at >= 0 and tokens[at].start >= start and tokens[at].tag in ("SF", "SSC", "SSO", "SE", "SS", "SW", "SP", "SO", "W_EMOJI"):
        at -= 1
    return tokens[at].tag if at >= 0 and tokens[at].start >= start else ""


def _menu(tokens: Sequence[Token], starts: Sequence[int], start: int, end: int) -> bool:
    """Names in a row: many words, hardly a particle or an ending, hardly a mark."""
    inside = tokens[bisect_left(starts, start) : bisect_left(starts, end)]
    words = inside[-1].word - inside[0].word + 1 if inside else 0
    joints = sum(t.tag[0] in "JE" or t.tag in ("SP", "SE", "SSO", "XSV", "XSA", "VV", "VA") for t in inside)
    return words >= 9 and joints <= 0.15 * words and not any(t.form in (":", "및", "등") for t in inside)


def _alone(shape: Shape) -> Role:
    if shape is Shape.BOILERPLATE:
        return Role.BOILERPLATE
    if shape is Shape.ITEM:
        return Role.LIST
    if shape in (Shape.MARKED_HEADING, Shape.NOMINAL, Shape.UNSTOPPED):
        return Role.HEADING
    return Role.BODY


def _lead(text: str, lines: Sequence[Line], shapes: Sequence[Shape], roles: list[Role], first: int, lexicon: Lexicon) -> None:
    """Before the first prose: site name and menus, then the title, then sub-titles."""
    titled = next((i for i in range(first) if roles[i] is not Role.BOILERPLATE and lines[i].end - lines[i].start >= _SHORT), None)
    for i in range(first):
        line = lines[i]
        if roles[i] is Role.BOILERPLATE:
            continue
        if titled is not None and i < titled:
            roles[i] = Role.BOILERPLATE if shapes[i] is not Shape.MARKED_HEADING else Role.HEADING
        elif shapes[i] is Shape.QUESTION or text[line.start : line.end] not in lexicon.menu_words:
            roles[i] = roles[i] if shapes[i] is Shape.ITEM else Role.HEADING
        else:
            roles[i] = Role.BOILERPLATE


def _middle(text: str, lines: Sequence[Line], shapes: Sequence[Shape], roles: list[Role], first: int, lexicon: Lexicon) -> None:
    """Among the prose: unmarked list items after a line that announces them, `label: content` in a row, questions that head a section."""
    listing = False
    for i in range(first, len(lines)):
        line, shape = lines[i], shapes[i]
        written = text[line.start : line.end]
        if shape is Shape.PROSE:
            listing = bool(_OPENS_LIST.search(written[-40:]))
        elif shape in (Shape.NOMINAL, Shape.UNSTOPPED):
            if written in lexicon.menu_words:
                roles[i] = Role.BOILERPLATE
                continue
            labelled = bool(_LABEL.match(written))
            in_row = labelled and line.end - line.start >= 25 and (roles[i - 1] is Role.LIST or _label_next(text, lines, shapes, i))
            if in_row or (listing and (labelled or _followed_by_alike(shapes, i))):
                roles[i] = Role.LIST
        elif shape is Shape.QUESTION:
            headed = line.gap and i + 1 < len(lines) and shapes[i + 1] is Shape.PROSE and lines[i + 1].gap
            roles[i] = Role.HEADING if headed and _heads(text, line, lines, i) else Role.BODY
        elif shape is Shape.ITEM and _numbered_heading(text, lines, shapes, i):
            roles[i] = Role.HEADING


def _followed_by_alike(shapes: Sequence[Shape], at: int) -> bool:
    alike = (Shape.NOMINAL, Shape.UNSTOPPED)
    return (at + 1 < len(shapes) and shapes[at + 1] in alike) or shapes[at - 1] in alike


def _label_next(text: str, lines: Sequence[Line], shapes: Sequence[Shape], at: int) -> bool:
    return at + 1 < len(lines) and shapes[at + 1] is Shape.NOMINAL and bool(_LABEL.match(text, lines[at + 1].start, lines[at + 1].end))


def _heads(text: str, line: Line, lines: Sequence[Line], at: int) -> bool:
    """A short question set off by empty lines, before a paragraph that is much longer than itself."""
    following = lines[at + 1]
    return line.end - line.start <= 40 and following.end - following.start > 120 and text[line.end - 1] in "?!"


def _numbered_heading(text: str, lines: Sequence[Line], shapes: Sequence[Shape], at: int) -> bool:
    """`1. 개요` before a paragraph, not before `2. …`."""
    line = lines[at]
    written = text[line.start : line.end]
    if not written[:1].isdigit() or line.end - line.start > _LONGEST_HEADING or _FULL_STOP.search(written[3:]):
        return False
    before = at > 0 and not line.gap and shapes[at - 1] is Shape.ITEM and text[lines[at - 1].start].isdigit()
    after = at + 1 < len(lines) and shapes[at + 1] is not Shape.ITEM
    bulleted = at + 1 < len(lines) and shapes[at + 1] is Shape.ITEM and not text[lines[at + 1].start].isdigit()
    return not before and (after or bulleted)


def _tail(
    text: str, lines: Sequence[Line], shapes: Sequence[Shape], roles: list[Role], last: int, hints: Sequence[int], lexicon: Lexicon
) -> None:
    """After the last prose: once copyright, byline or related links have begun, what is no prose is boilerplate."""
    closing = False
    for i in range(last + 1, len(lines)):
        written = text[lines[i].start : lines[i].end]
        if roles[i] is Role.BOILERPLATE and (
            lexicon.tail.stand_in(text, lines[i].start, lines[i].end, hints) or shapes[i] is Shape.BOILERPLATE
        ):
            closing = True
        if closing or (shapes[i] is Shape.NOMINAL and written in lexicon.menu_words):
            roles[i] = Role.BOILERPLATE
            closing = True
