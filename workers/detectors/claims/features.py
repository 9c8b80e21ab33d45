"""What the model sees of a claim: one list of readable names, the same in training and in service."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from workers.annotations import Attribution, Entity, Number, TimeExpression
from workers.detectors.claims.lexicon import Lexicon
from workers.detectors.claims.patterns import Match, matches
from workers.detectors.claims.segmentation import Clause
from workers.document import Columns, Document, Sentence, Span

_INFORMAL = frozenset("ㅋㅎㅠㅜ^♥♡★☆")


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of the document: the morphemes of the sentences that carry claims, the places of the listed words among them, the
    patterns by their first morphemes, and what the other detectors found, by start."""

    document: Document
    lexicon: Lexicon
    columns: Columns
    listed: Sequence[int]
    matches: Sequence[Match]
    match_firsts: Sequence[int]
    numbers: Sequence[Number]
    number_starts: Sequence[int]
    times: Sequence[TimeExpression]
    time_starts: Sequence[int]
    mentions: Sequence[tuple[int, int, str]]
    mention_starts: Sequence[int]

    @classmethod
    def of(
        cls,
        document: Document,
        numbers: Sequence[Number],
        times: Sequence[TimeExpression],
        entities: Sequence[Entity],
        lexicon: Lexicon,
    ) -> "Context":
        columns = document.columns
        found = matches(columns.forms, columns.tags, lexicon.patterns)
        numbers = sorted(numbers, key=lambda n: n.span)
        times = sorted(times, key=lambda t: t.span)
        mentions = sorted((m.start, m.end, str(e.type)) for e in entities for m in e.mentions)
        return cls(
            document,
            lexicon,
            columns,
            lexicon.listed(columns),
            found,
            [match.first for match in found],
            numbers,
            [n.span.start for n in numbers],
            times,
            [t.span.start for t in times],
            mentions,
            [m[0] for m in mentions],
        )

    def morphemes(self, span: Span) -> tuple[int, int]:
        """The half-open range of the morphemes that start in `span`."""
        return bisect_left(self.columns.starts, span.start), bisect_left(self.columns.starts, span.end)


def features(context: Context, sentence: Sentence, clause: Clause, of: int) -> list[str]:
    """Distinct feature names of `clause`, one of `of` in `sentence`."""
    span, first, end, attribution, place = clause
    found: dict[str, None] = {"any": None}
    _morphemes(context, first, end, found)
    _ending(context.columns.forms, context.columns.tags, first, end, found)
    _items(context, span, found)
    _frame(context, sentence, span, attribution, found)
    found[f"role {sentence.role}"] = None
    found[f"clauses {min(of, 3)}"] = None
    if of > 1:
        found["last clause" if place == of - 1 else "earlier clause"] = None
    length = span.end - span.start
    found[f"length {'<15' if length < 15 else '<30' if length < 30 else '<50' if length < 50 else '<90' if length < 90 else '90+'}"] = None
    return list(found)


def _morphemes(context: Context, first: int, end: int, found: dict[str, None]) -> None:
    forms, tags = context.columns.forms, context.columns.tags
    listed = context.listed[bisect_left(context.listed, first) : bisect_left(context.listed, end)]
    for form, tag in sorted({(forms[at], tags[at]) for at in listed}):
        for name in context.lexicon.words[form][tag]:
            found[name] = None
    tags = tags[first:end]
    for tag in ("JKS", "JX"):
        if tag in tags:
            found[tag] = None
    if "SL" in tags:
        found["latin"] = None
    names = tags.count("NNP")
    if names:
        found[f"proper nouns {min(names, 3)}"] = None
        found["proper nouns"] = None
    at = bisect_left(context.match_firsts, first)
    while at < len(context.matches) and context.match_firsts[at] < end:
        name, _, stop = context.matches[at]
        if stop <= end:
            if end - stop <= 2:
                found[name + " at the end"] = None
            found[name] = None
        at += 1


def _ending(forms: Sequence[str], tags: Sequence[str], first: int, end: int, found: dict[str, None]) -> None:
    """The final ending, tense and predicate of the morphemes [first, end)."""
    at = end - 1
    while at >= first and tags[at][0] in "SWJ":
        at -= 1
    if at < first:
        return
    tag = tags[at]
    if tag[0] != "E":
        found["ends in noun" if tag[0] in "NX" else f"ends in {tag}"] = None
        found["tense none"] = None
        found[f"last {forms[at]}"] = None
        return
    found[f"ending {forms[at]}"] = None
    found[f"ends in {tag}"] = None
    at -= 1
    tense = ""
    while at >= first and tags[at] == "EP":
        tense = forms[at] + tense
        at -= 1
    found[f"tense {tense or '-'}"] = None
    if at < first:
        return
    auxiliary = ""
    while at > first + 1 and tags[at][:2] == "VX":
        auxiliary = forms[at] + auxiliary
        at -= 2  # the auxiliary and the ending before it
        while at > first and tags[at][0] in "JE":
            at -= 1
    if auxiliary:
        found[f"auxiliary {auxiliary}"] = None
    stem = tags[at]
    predicate = forms[at]
    if stem in ("XSV", "XSA", "VCP") and at > first:
        noun = forms[at - 1]
        predicate = f"{noun}{'하' if stem == 'XSA' else predicate}"
        found[f"predicate of {noun}"] = None
        if tags[at - 1] in ("ETM", "ETN", "NNB"):
            found[f"bound {noun}"] = None
    found[f"predicate {predicate}"] = None
    found[f"predicate {stem} {tense or '-'} {auxiliary}"] = None
    found[f"predicate tag {stem}"] = None


def _items(context: Context, span: Span, found: dict[str, None]) -> None:
    count = 0
    at = bisect_left(context.number_starts, span.start)
    while at < len(context.numbers) and context.number_starts[at] < span.end:
        number = context.numbers[at]
        found[f"number {number.kind}"] = None
        if span.end - number.span.end <= 12:
            found["number near the end"] = None
            found[f"number near the end {number.kind}"] = None
        if number.kind not in ("ordinal", "age"):
            count += 1
        at += 1
    if count:
        found[f"numbers {min(count, 3)}"] = None
    at = bisect_left(context.time_starts, span.start)
    while at < len(context.times) and context.time_starts[at] < span.end:
        time = context.times[at]
        found[f"time {time.type}"] = None
        if time.type == "DATE":
            found["vague date" if time.value.endswith("REF") else "exact date"] = None
        at += 1
    at = bisect_left(context.mention_starts, span.start)
    kinds = 0
    while at < len(context.mentions) and context.mention_starts[at] < span.end:
        found[f"name {context.mentions[at][2]}"] = None
        kinds += 1
        at += 1
    if kinds:
        found[f"names {min(kinds, 3)}"] = None


def _frame(context: Context, sentence: Sentence, span: Span, attribution: Attribution | None, found: dict[str, None]) -> None:
    if attribution is None:
        found["author's own words"] = None
    else:
        found["attributed"] = None
        found["source named" if attribution.source else "no source"] = None
        found[f"style {attribution.style}"] = None
        found[f"frame {attribution.rule}"] = None
        if attribution.hedged:
            found["hedging frame"] = None
        cue = attribution.cue
        first, end = context.morphemes(Span(max(cue.start, sentence.start), min(cue.end, sentence.end)))
        for at in range(first, end):
            if context.columns.tags[at][0] in "NVX":
                found[f"cue {context.columns.forms[at]}"] = None
    after = context.document.text[span.end : min(span.end + 6, sentence.end)]
    for mark in after[:3]:
        if mark in "?!":
            found["mark " + mark] = None
    if any(mark in _INFORMAL for mark in after) or ".." in after or "~" in after:
        found["informal"] = None
    if attribution is not None or not after:
        return
    if not after.strip():
        found["no full stop"] = None
