"""What the model sees of a claim: one list of readable names, the same in training and in service."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from schemas.labels import AttributionStyle, NumberKind, Role, TimeType
from workers.annotations import Attribution
from workers.detectors.claims.context import Context
from workers.detectors.claims.segmentation import Clause
from workers.document import Sentence, Span

_INFORMAL = frozenset("ㅋㅎㅠㅜ^♥♡★☆~")
_LENGTHS = (15, 30, 50, 90)
_LENGTH_NAMES = ("length <15", "length <30", "length <50", "length <90", "length 90+")
_NEAR_END = 12  # code points

# an enumeration's member in a string costs more than looking the string up
_ROLES = {role: f"role {role}" for role in Role}
_KINDS = {kind: f"number {kind}" for kind in NumberKind}
_KINDS_NEAR_END = {kind: f"number near the end {kind}" for kind in NumberKind}
_UNCOUNTED = frozenset((NumberKind.ORDINAL, NumberKind.AGE))
_TIMES = {kind: f"time {kind}" for kind in TimeType}
_STYLES = {style: f"style {style}" for style in AttributionStyle}


def features(context: Context, sentence: Sentence, clause: Clause, of: int) -> list[str]:
    """Distinct feature names of `clause`, one of `of` in `sentence`."""
    span, first, end, attribution, place = clause
    found = ["any"]
    _morphemes(context, first, end, found)
    _ending(context.columns.forms, context.columns.tags, first, end, found)
    _items(context, span, found)
    _frame(context, sentence, span, attribution, found)
    found += (_ROLES[sentence.role], f"clauses {min(of, 3)}")
    if of > 1:
        found.append("last clause" if place == of - 1 else "earlier clause")
    found.append(_LENGTH_NAMES[bisect_right(_LENGTHS, span.end - span.start)])
    return list(dict.fromkeys(found))


def _morphemes(context: Context, first: int, end: int, found: list[str]) -> None:
    tags = context.columns.tags
    for names in context.listed_names[bisect_left(context.listed, first) : bisect_left(context.listed, end)]:
        found += names
    tags = tags[first:end]
    present = {*tags}
    if "JKS" in present:
        found.append("JKS")
    if "JX" in present:
        found.append("JX")
    if "SL" in present:
        found.append("latin")
    if "NNP" in present:
        found += (f"proper nouns {min(tags.count('NNP'), 3)}", "proper nouns")
    for name, _, stop in context.matches[bisect_left(context.match_firsts, first) : bisect_left(context.match_firsts, end)]:
        if stop <= end:
            if end - stop <= 2:
                found.append(name + " at the end")
            found.append(name)


def _ending(forms: Sequence[str], tags: Sequence[str], first: int, end: int, found: list[str]) -> None:
    """The final ending, tense and predicate of the morphemes [first, end)."""
    at = end - 1
    while at >= first and tags[at][0] in "SWJ":
        at -= 1
    if at < first:
        return
    tag = tags[at]
    if tag[0] != "E":
        found.append("ends in noun" if tag[0] in "NX" else f"ends in {tag}")
        found.append("tense none")
        found.append(f"last {forms[at]}")
        return
    found.append(f"ending {forms[at]}")
    found.append(f"ends in {tag}")
    at -= 1
    tense = ""
    while at >= first and tags[at] == "EP":
        tense = forms[at] + tense
        at -= 1
    found.append(f"tense {tense or '-'}")
    if at < first:
        return
    auxiliary = ""
    while at > first + 1 and tags[at][:2] == "VX":
        auxiliary = forms[at] + auxiliary
        at -= 2  # the auxiliary and the ending before it
        while at > first and tags[at][0] in "JE":
            at -= 1
    if auxiliary:
        found.append(f"auxiliary {auxiliary}")
    stem = tags[at]
    predicate = forms[at]
    if stem in ("XSV", "XSA", "VCP") and at > first:
        noun = forms[at - 1]
        predicate = f"{noun}{'하' if stem == 'XSA' else predicate}"
        found.append(f"predicate of {noun}")
        if tags[at - 1] in ("ETM", "ETN", "NNB"):
            found.append(f"bound {noun}")
    found.append(f"predicate {predicate}")
    found.append(f"predicate {stem} {tense or '-'} {auxiliary}")
    found.append(f"predicate tag {stem}")


def _items(context: Context, span: Span, found: list[str]) -> None:
    start, end = span
    count = 0
    for number in context.numbers[bisect_left(context.number_starts, start) : bisect_left(context.number_starts, end)]:
        kind = number.kind
        found.append(_KINDS[kind])
        if end - number.span.end <= _NEAR_END:
            found += ("number near the end", _KINDS_NEAR_END[kind])
        if kind not in _UNCOUNTED:
            count += 1
    if count:
        found.append(f"numbers {min(count, 3)}")
    for time in context.times[bisect_left(context.time_starts, start) : bisect_left(context.time_starts, end)]:
        found.append(_TIMES[time.type])
        if time.type is TimeType.DATE:
            found.append("vague date" if time.value.endswith("REF") else "exact date")
    mentions = context.mentions[bisect_left(context.mention_starts, start) : bisect_left(context.mention_starts, end)]
    if mentions:
        found += ["name " + kind for _, _, kind in mentions]
        found.append(f"names {min(len(mentions), 3)}")


def _frame(context: Context, sentence: Sentence, span: Span, attribution: Attribution | None, found: list[str]) -> None:
    if attribution is None:
        found.append("author's own words")
    else:
        found.append("attributed")
        found.append("source named" if attribution.source else "no source")
        found.append(_STYLES[attribution.style])
        found.append(f"frame {attribution.rule}")
        if attribution.hedged:
            found.append("hedging frame")
        cue = attribution.cue
        first, end = context.morphemes(Span(max(cue.start, sentence.start), min(cue.end, sentence.end)))
        found += [f"cue {context.columns.forms[at]}" for at in range(first, end) if context.columns.tags[at][0] in "NVX"]
    after = context.document.text[span.end : min(span.end + 6, sentence.end)]
    if "?" in after or "!" in after:
        found += ["mark " + mark for mark in after[:3] if mark in "?!"]
    if not _INFORMAL.isdisjoint(after) or ".." in after:
        found.append("informal")
    if attribution is not None or not after:
        return
    if not after.strip():
        found.append("no full stop")
