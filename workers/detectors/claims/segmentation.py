"""Sentences to clauses that may be claims: frames, markers and punctuation taken off, coordination split."""

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import NamedTuple

from schemas.labels import Role
from workers.annotations import Attribution
from workers.detectors.claims.context import Context
from workers.detectors.claims.lexicon import Lexicon
from workers.document import Columns, Sentence, Span

_TRAIL = " \t\n\u00a0.?!…~,;:·ㅋㅎㅠㅜ^♥♡★☆ㅡ-—–/|>"
_CLOSERS = {"”": "“", "’": "‘", ")": "(", "]": "[", "」": "「", "』": "『", "》": "《", "〉": "〈"}
_OPENERS = {opens: closes for closes, opens in _CLOSERS.items()}
_LEAD = frozenset(" \t\n\u00a0,·…~-–—:;.!?")
_PICTURES = frozenset(  # arrows, dingbats, emoji
    chr(code)
    for first, last in ((0x2190, 0x21FF), (0x2300, 0x23FF), (0x2600, 0x27BF), (0x2B00, 0x2BFF), (0x1F000, 0x1FAFF))
    for code in range(first, last + 1)
) | {"\ufe0f", "\u200d"}
_FRAMES = ("것이다", "것입니다", "것이었다", "거다", "점이다", "점입니다")
_FRAME = re.compile(rf"(?:(?<=[다자냐라])는|이라는) ?(?:{'|'.join(_FRAMES)})$")
_LABEL = re.compile(r"[^:：.?!]{1,40}[:：]\s*")
_PREDICATES = frozenset(("VV", "VA", "VX", "VCP", "VCN", "XSV", "XSA", "VV-R", "VV-I", "VA-R", "VA-I", "XSA-I", "XSA-R", "VX-R", "VX-I"))


# morphemes, index of a connective ending, and the region of indices it stands in: does it end a main clause?
Decision = Callable[[Columns, int, int, int], bool]


class Clause(NamedTuple):
    """A stretch that may be a claim, its morphemes [first, end) of the document's columns, who says it, its place among the clauses
    of its sentence."""

    span: Span
    first: int
    end: int
    attribution: Attribution | None
    place: int


def clauses(context: Context, sentence: Sentence, said: Sequence[Attribution], split: Decision) -> list[Clause]:
    """The clauses of `sentence` in order; `said` are the attributions whose content or cue touches it."""
    text, columns, lexicon = context.document.text, context.columns, context.lexicon
    core = _core(text, sentence, lexicon)
    if core.start >= core.end:
        return []
    starts = columns.starts
    pieces: list[tuple[Span, Attribution | None]] = []
    if not said:
        pieces = [(part, None) for part in _split(context, core, (), split)]
    else:
        contents = _innermost(said, core)
        content_starts = [c.content.start for c in contents]
        cue_starts = sorted(attribution.cue.start for attribution in said)
        for part in _split(context, core, [_framed(c) for c in contents], split):
            inside = contents[bisect_left(content_starts, part.start) : bisect_left(content_starts, part.end)]
            if not inside:
                pieces.append((part, None))
                continue
            for said_here in inside:
                content = Span(said_here.content.start, min(said_here.content.end, core.end))
                pieces += [(piece, said_here) for piece in _split(context, content, (), split)]
            last = inside[-1]
            rest = Span(max(last.content.end, last.cue.end), part.end)
            framed = bisect_left(cue_starts, rest.start) < bisect_left(cue_starts, rest.end)  # by the cue of an outer content
            if last.cue.start >= last.content.end and not framed and _says_more(columns, rest):
                pieces.append((rest, None))
    found: list[Clause] = []
    for span, attribution in pieces:
        cut = trimmed(text, span, lexicon)
        if cut.start < cut.end:
            first, end = bisect_left(starts, cut.start), bisect_left(starts, cut.end)
            if _puts_forward(text, cut, columns, first, end, sentence, attribution, lexicon):
                found.append(Clause(cut, first, end, attribution, len(found)))
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
        found.insert(at, attribution if content == attribution.content else attribution._replace(content=content))
    return found


def _framed(said: Attribution) -> Span:
    """The content with the frame after it (`…고 웃으며 말했다`)."""
    return Span(said.content.start, max(said.content.end, said.cue.end))


def _split(context: Context, region: Span, contents: Sequence[Span], split: Decision) -> list[Span]:
    """`region` cut behind the coordinating endings that lie in none of `contents` and that more than marks follow."""
    text, columns = context.document.text, context.columns
    low, high = context.morphemes(region)
    endings = context.endings[bisect_left(context.endings, low) : bisect_left(context.endings, high - 1)]
    last = region.start + len(text[region.start : region.end].rstrip(_TRAIL))
    if not endings or columns.ends[endings[0]] >= last:
        return [region]
    parts: list[Span] = []
    content_starts = [content.start for content in contents]
    start = region.start
    for at in endings:
        end = columns.ends[at]
        inside = bisect_left(content_starts, end)  # contents are sorted and apart
        if end >= last or (inside and contents[inside - 1].end >= end):  # what follows a content is no clause
            continue
        if split(columns, at, bisect_left(columns.starts, start), high):
            parts.append(Span(start, end))
            start = end
    parts.append(Span(start, region.end))
    return parts


def _says_more(columns: Columns, rest: Span) -> bool:
    """Whether a clause of its own follows the cue."""
    after = range(bisect_left(columns.starts, rest.start), bisect_left(columns.starts, rest.end))
    if not any(columns.tags[at] in _PREDICATES and columns.ends[at] > columns.starts[at] for at in after):
        return False
    return len({columns.words[at] for at in after}) >= 2


def trimmed(text: str, span: Span, lexicon: Lexicon) -> Span:
    """`span` without markers before it, punctuation after it, emoji around it, and quotation marks without a partner or around it."""
    start, end = span.start, span.start + len(text[span.start : span.end].rstrip(_TRAIL))
    lonely: set[str] = set()  # marks whose partners are known to be missing, as they stay while the stretch shrinks
    while True:
        before = (start, end)
        while start < end and (
            text[start] in _LEAD or text[start] in _PICTURES or (text[start] in _OPENERS and _lonely_opener(text, start, end, lonely))
        ):
            start += 1
        marker = lexicon.markers.match(text, start, end)
        if marker and marker.end() < end:
            start = marker.end()
        while end > start and (
            text[end - 1] in _TRAIL
            or text[end - 1] in _PICTURES
            or (text[end - 1] in _CLOSERS and _lonely_closer(text, start, end, lonely))
        ):
            end -= 1
        if start < end and text[start] in "\"'" and text.count(text[start], start, end) % 2:
            start += 1
        if start < end and text[end - 1] in "\"'" and text.count(text[end - 1], start, end) % 2:
            end -= 1
        if end - start > 1 and _encloses(text, start, end):
            start, end = start + 1, end - 1
        if text.endswith(_FRAMES, start, end):
            frame = _FRAME.search(text, max(start, end - 9), end)
            if frame and frame.start() > start + 1:
                end = frame.start()
        if (start, end) == before:
            return Span(start, end)


def _lonely_opener(text: str, start: int, end: int, known: set[str]) -> bool:
    if text[start] not in known and text.find(_OPENERS[text[start]], start, end) < 0:
        known.add(text[start])
    return text[start] in known


def _lonely_closer(text: str, start: int, end: int, known: set[str]) -> bool:
    if text[end - 1] not in known and text.rfind(_CLOSERS[text[end - 1]], start, end) < 0:
        known.add(text[end - 1])
    return text[end - 1] in known


def _encloses(text: str, start: int, end: int) -> bool:
    first, last = text[start], text[end - 1]
    if first in "\"'":
        return first == last and text.count(first, start, end) == 2
    return _OPENERS.get(first) == last and text.find(last, start, end) == end - 1


def _puts_forward(
    text: str,
    span: Span,
    columns: Columns,
    first: int,
    end: int,
    sentence: Sentence,
    attribution: Attribution | None,
    lexicon: Lexicon,
) -> bool:
    """Whether the stretch, morphemes [first, end), is a proposition: no question asked in earnest, no bare noun phrase."""
    if first >= end or span.end - span.start < (3 if attribution is None else 2):
        return False
    if attribution is not None:
        return True
    if lexicon.greeting.fullmatch(text, span.start, span.end):
        return False
    last = end - 2 if columns.forms[end - 1] == "요" and end - first > 1 else end - 1
    if columns.tags[last] in ("JX", "JKS") and columns.forms[last] != "요":  # `영화를 찍게 된 계기는(요)`
        return False
    forms = columns.forms[first:end]
    asked = text.find("?", span.end, min(span.end + 3, sentence.end)) >= 0 or forms[-1] in _ASKING
    if asked and not lexicon.question_words.isdisjoint(forms):
        return not _RHETORIC.isdisjoint(forms)
    if sentence.role is not Role.HEADING and not _JOINING.isdisjoint(columns.tags[max(first, end - 2) : end]):
        return end - first > 2 or columns.words[first] != columns.words[end - 1]
    return _stands_for_clause(text, span, columns, first, end, sentence, lexicon)


_ASKING = frozenset(("ᆯ까", "을까", "는가", "ᆫ가", "은가", "나요", "ᆯ까요", "을까요"))
_JOINING = frozenset(("EF", "EC"))
_ACTING = frozenset(("XR", "VA", "VV", "XSV", "XSA", "ETN"))
_RHETORIC = frozenset(("겠", "대체", "도대체", "누가", "어찌", "하물며"))


def _stands_for_clause(text: str, span: Span, columns: Columns, first: int, end: int, sentence: Sentence, lexicon: Lexicon) -> bool:
    """A fragment with a noun ending that plainly stands for a clause."""
    forms, tags = columns.forms[first:end], columns.tags[first:end]
    words = len(set(columns.words[first:end]))
    head = next((at for at in range(len(tags) - 1, -1, -1) if tags[at][0] in "NXV"), None)
    if head is None or words < 2:
        return False
    labelled = bool(_LABEL.match(text, span.start, span.end))
    counted = "SN" in tags
    if sentence.role is Role.LIST:
        return labelled or counted or tags[-1] in ("EF", "ETN")
    acts = forms[head] in lexicon.label_heads or tags[head] in _ACTING or tags[-1] in ("ETN", "EF")
    subject = "JKS" in tags or "JX" in tags
    if sentence.role is Role.HEADING:
        comma = "," in text[span.start : span.end] or "…" in text[span.start : span.end]
        told = (acts and (words >= 3 or comma or counted)) or (subject and words >= 3 and tags[-1][0] != "E")
        return not labelled and (told or tags[-1] == "EF")
    named = (name for form, tag in zip(forms, tags, strict=True) for name in lexicon.words.get(form, {}).get(tag, ()))
    return acts or subject or any("evaluation" in name for name in named)
