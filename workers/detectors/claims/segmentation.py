"""Sentences to clauses that may be claims: frames, markers and punctuation taken off, coordination split."""

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from schemas.labels import Role
from workers.annotations import Attribution
from workers.detectors.claims.lexicon import Lexicon
from workers.document import Sentence, Span, Token

_TRAIL = frozenset(" \t\n\u00a0.?!…~,;:·ㅋㅎㅠㅜ^♥♡★☆ㅡ-—–/|>")
_CLOSERS = {"”": "“", "’": "‘", ")": "(", "]": "[", "」": "「", "』": "『", "》": "《", "〉": "〈"}
_OPENERS = {opens: closes for closes, opens in _CLOSERS.items()}
_LEAD = frozenset(" \t\n\u00a0,·…~-–—:;.!?")
_FRAME = re.compile(r"(?:(?<=[다자냐라])는|이라는) ?(?:것이다|것입니다|것이었다|거다|점이다|점입니다)$")
_LABEL = re.compile(r"[^:：.?!]{1,40}[:：]\s*")
_PREDICATES = frozenset(("VV", "VA", "VX", "VCP", "VCN", "XSV", "XSA", "VV-R", "VV-I", "VA-R", "VA-I", "XSA-I", "XSA-R", "VX-R", "VX-I"))


# tokens, index of a connective ending, and the region of indices it stands in: does it end a main clause?
Decision = Callable[[Sequence[Token], int, int, int], bool]


class Clause(NamedTuple):
    """A stretch that may be a claim, its morphemes, who says it, its place among the clauses of its sentence,
    and the index of its first morpheme there."""

    span: Span
    tokens: Sequence[Token]
    attribution: Attribution | None
    place: int
    first: int = 0


def clauses(text: str, sentence: Sentence, said: Sequence[Attribution], lexicon: Lexicon, split: Decision) -> list[Clause]:
    """The clauses of `sentence` in order; `said` are the attributions whose content or cue touches it."""
    tokens = sentence.tokens
    starts = [token.start for token in tokens]
    core = _core(text, sentence, lexicon)
    if core.start >= core.end:
        return []
    contents = _innermost(said, core)
    content_starts = [c.content.start for c in contents]
    cue_starts = sorted(attribution.cue.start for attribution in said)
    pieces: list[tuple[Span, Attribution | None]] = []
    for part in _split(core, tokens, starts, [_framed(c) for c in contents], lexicon, split):
        inside = contents[bisect_left(content_starts, part.start) : bisect_left(content_starts, part.end)]
        if not inside:
            pieces.append((part, None))
            continue
        for said_here in inside:
            content = Span(said_here.content.start, min(said_here.content.end, core.end))
            pieces += [(piece, said_here) for piece in _split(content, tokens, starts, (), lexicon, split)]
        last = inside[-1]
        rest = Span(max(last.content.end, last.cue.end), part.end)
        framed = bisect_left(cue_starts, rest.start) < bisect_left(cue_starts, rest.end)  # by the cue of an outer content
        if last.cue.start >= last.content.end and not framed and _says_more(tokens, starts, rest):
            pieces.append((rest, None))
    found: list[Clause] = []
    for span, attribution in pieces:
        cut = trimmed(text, span, lexicon)
        first = bisect_left(starts, cut.start)
        inside_tokens = tokens[first : bisect_left(starts, cut.end)]
        if cut.start < cut.end and _puts_forward(text, cut, inside_tokens, sentence, attribution, lexicon):
            found.append(Clause(cut, inside_tokens, attribution, len(found), first))
    return found


def _core(text: str, sentence: Sentence, lexicon: Lexicon) -> Span:
    """The sentence without bullet, date line and, before a whole clause, the label of a list item."""
    lead = lexicon.lead.match(text, sentence.start, sentence.end)
    start = lead.end() if lead else sentence.start
    if sentence.role is not Role.BODY:
        label = _LABEL.match(text, start, sentence.end)
        if label and sentence.tokens and any(t.tag == "EF" for t in sentence.tokens[-3:]):
            start = label.end()
    return Span(start, sentence.end)


def _innermost(said: Sequence[Attribution], core: Span) -> list[Attribution]:
    """Attributions whose content begins inside `core` or covers it, the nearest to the words where they nest; in order of content."""
    found: list[Attribution] = []
    starts: list[int] = []
    for attribution in sorted(said, key=lambda a: (a.content.end - a.content.start, a.content.start)):
        content = Span(max(attribution.content.start, core.start), min(attribution.content.end, core.end))
        at = bisect_left(starts, content.start)
        before, after = at > 0 and found[at - 1].content.end > content.start, at < len(starts) and starts[at] < content.end
        if content.end - content.start < 2 or before or after:
            continue
        starts.insert(at, content.start)
        found.insert(at, attribution if content == attribution.content else replace(attribution, content=content))
    return found


def _framed(said: Attribution) -> Span:
    """The content with the frame after it (`…고 웃으며 말했다`)."""
    return Span(said.content.start, max(said.content.end, said.cue.end))


def _split(
    region: Span, tokens: Sequence[Token], starts: Sequence[int], contents: Sequence[Span], lexicon: Lexicon, split: Decision
) -> list[Span]:
    """`region` cut behind the coordinating endings that lie in none of `contents`."""
    low, high = bisect_left(starts, region.start), bisect_left(starts, region.end)
    parts: list[Span] = []
    content_starts = [content.start for content in contents]
    start = region.start
    for at in candidates(tokens, low, high, lexicon):
        end = tokens[at].end
        inside = bisect_left(content_starts, end)  # contents are sorted and apart
        if end >= region.end or (inside and contents[inside - 1].end >= end):  # what follows a content is no clause
            continue
        if split(tokens, at, bisect_left(starts, start), high):
            parts.append(Span(start, end))
            start = end
    parts.append(Span(start, region.end))
    return parts


def candidates(tokens: Sequence[Token], low: int, high: int, lexicon: Lexicon) -> list[int]:
    """Indices in [low, high) of morphemes that may end a coordinate clause."""
    found = []
    for at in range(low, high - 1):
        token = tokens[at]
        if token.tag == "EC":
            if token.form in lexicon.endings and not tokens[at + 1].tag.startswith("VX"):
                found.append(at)
        elif (
            token.tag == "EF"
            or (token.tag == "SP" and token.form == ";")
            or (token.form in lexicon.closing_nouns and token.tag[0] == "N" and tokens[at + 1].tag[0] not in "VJ")
        ):
            found.append(at)
    return found


def _says_more(tokens: Sequence[Token], starts: Sequence[int], rest: Span) -> bool:
    """Whether a clause of its own follows the cue."""
    after = tokens[bisect_left(starts, rest.start) : bisect_left(starts, rest.end)]
    return sum(t.tag in _PREDICATES and t.end > t.start for t in after) > 0 and len({t.word for t in after}) >= 2


def trimmed(text: str, span: Span, lexicon: Lexicon) -> Span:
    """`span` without discourse markers before it, punctuation after it, and quotation marks that have no partner in it or enclose it."""
    start, end = span
    while True:
        before = (start, end)
        while start < end and (text[start] in _LEAD or (text[start] in _OPENERS and _lonely_opener(text, start, end))):
            start += 1
        marker = lexicon.markers.match(text, start, end)
        if marker and marker.end() < end:
            start = marker.end()
        while end > start and (text[end - 1] in _TRAIL or (text[end - 1] in _CLOSERS and _lonely_closer(text, start, end))):
            end -= 1
        if start < end and text[start] in "\"'" and text.count(text[start], start, end) % 2:
            start += 1
        if start < end and text[end - 1] in "\"'" and text.count(text[end - 1], start, end) % 2:
            end -= 1
        if end - start > 1 and _encloses(text, start, end):
            start, end = start + 1, end - 1
        frame = _FRAME.search(text, max(start, end - 9), end)
        if frame and frame.start() > start + 1:
            end = frame.start()
        if (start, end) == before:
            return Span(start, end)


def _lonely_opener(text: str, start: int, end: int) -> bool:
    return text.find(_OPENERS[text[start]], start, end) < 0


def _lonely_closer(text: str, start: int, end: int) -> bool:
    return text.rfind(_CLOSERS[text[end - 1]], start, end) < 0


def _encloses(text: str, start: int, end: int) -> bool:
    first, last = text[start], text[end - 1]
    if first in "\"'":
        return first == last and text.count(first, start, end) == 2
    return _OPENERS.get(first) == last and text.find(last, start, end) == end - 1


def _puts_forward(
    text: str, span: Span, tokens: Sequence[Token], sentence: Sentence, attribution: Attribution | None, lexicon: Lexicon
) -> bool:
    """Whether the stretch is a proposition: no question asked in earnest, no bare noun phrase."""
    if not tokens or span.end - span.start < 3:
        return False
    if attribution is not None:
        return True
    if lexicon.greeting.fullmatch(text, span.start, span.end):
        return False
    last = len(tokens) - 1
    asked = text.find("?", span.end, min(span.end + 3, sentence.end)) >= 0 or tokens[last].form in _ASKING
    if asked and any(t.form in lexicon.question_words for t in tokens):
        return any(t.form in _RHETORIC for t in tokens)
    if any(t.tag in ("EF", "EC") for t in tokens[-2:]) and sentence.role is not Role.HEADING:
        return len({t.word for t in tokens}) > 1 or last >= 2
    return _stands_for_clause(text, span, tokens, sentence, lexicon)


_ASKING = frozenset(("ᆯ까", "을까", "는가", "ᆫ가", "은가", "나요", "ᆯ까요", "을까요"))
_RHETORIC = frozenset(("겠", "대체", "도대체", "누가", "어찌", "하물며"))


def _stands_for_clause(text: str, span: Span, tokens: Sequence[Token], sentence: Sentence, lexicon: Lexicon) -> bool:
    """A fragment with a noun ending that plainly stands for a clause."""
    words = len({t.word for t in tokens})
    head = next((t for t in reversed(tokens) if t.tag[0] in "NXV"), None)
    if head is None or words < 2:
        return False
    if sentence.role is Role.LIST:
        return bool(_LABEL.match(text, span.start, span.end)) or any(t.tag == "SN" for t in tokens) or tokens[-1].tag in ("EF", "ETN")
    labelled = bool(_LABEL.match(text, span.start, span.end))
    acts = head.form in lexicon.label_heads or head.tag in ("XR", "VA", "VV", "XSV", "XSA", "ETN") or tokens[-1].tag in ("ETN", "EF")
    subject = any(t.tag in ("JKS", "JX") for t in tokens)
    comma = "," in text[span.start : span.end] or "…" in text[span.start : span.end]
    counted = any(t.tag == "SN" for t in tokens)
    if sentence.role is Role.HEADING:
        told = (acts and (words >= 3 or comma or counted)) or (subject and words >= 3 and tokens[-1].tag[0] != "E")
        return not labelled and (told or tokens[-1].tag == "EF")
    evaluated = any("evaluation" in name for t in tokens for name in lexicon.words.get(f"{t.form}/{t.tag}", ()))
    return acts or subject or evaluated
