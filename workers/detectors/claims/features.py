"""What the model sees of a claim: one list of readable names, the same in training and in service."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

from workers.annotations import Attribution, Entity, Number, TimeExpression
from workers.detectors.claims.lexicon import Lexicon
from workers.detectors.claims.patterns import matches
from workers.detectors.claims.segmentation import Clause
from workers.document import Document, Sentence, Span, Token

_start = attrgetter("start")
_INFORMAL = frozenset("ㅋㅎㅠㅜ^♥♡★☆")


@dataclass(frozen=True, slots=True)
class Context:
    """What the other detectors found in the document, by start."""

    document: Document
    numbers: Sequence[Number]
    number_starts: Sequence[int]
    times: Sequence[TimeExpression]
    time_starts: Sequence[int]
    mentions: Sequence[tuple[int, int, str]]
    mention_starts: Sequence[int]

    @classmethod
    def of(cls, document: Document, numbers: Sequence[Number], times: Sequence[TimeExpression], entities: Sequence[Entity]) -> "Context":
        numbers = sorted(numbers, key=lambda n: n.span)
        times = sorted(times, key=lambda t: t.span)
        mentions = sorted((m.start, m.end, str(e.type)) for e in entities for m in e.mentions)
        return cls(
            document, numbers, [n.span.start for n in numbers], times, [t.span.start for t in times], mentions, [m[0] for m in mentions]
        )


def features(context: Context, sentence: Sentence, clause: Clause, words: set[str], of: int, lexicon: Lexicon) -> list[str]:
    """Distinct feature names of `clause`, one of `of` in `sentence`, that has the distinct morphemes `words`."""
    span, tokens, attribution, place, _ = clause
    found: dict[str, None] = {"any": None}
    _morphemes(tokens, words, lexicon, found)
    _ending(tokens, found)
    _items(context, span, found)
    _frame(context.document.text, sentence, span, attribution, found)
    found[f"role {sentence.role}"] = None
    found[f"clauses {min(of, 3)}"] = None
    if of > 1:
        found["last clause" if place == of - 1 else "earlier clause"] = None
    length = span.end - span.start
    found[f"length {'<15' if length < 15 else '<30' if length < 30 else '<50' if length < 50 else '<90' if length < 90 else '90+'}"] = None
    return list(found)


def keys(tokens: Sequence[Token]) -> list[str]:
    """`form/TAG` of every token, nothing for digits and punctuation."""
    return [f"{form}/{tag}" if tag[0] != "S" else "" for form, tag, *_ in tokens]


def vocabulary(keys: Sequence[str]) -> set[str]:
    """The distinct morphemes of `keys`."""
    found = set(keys)
    found.discard("")
    return found


def _morphemes(tokens: Sequence[Token], words: set[str], lexicon: Lexicon, found: dict[str, None]) -> None:
    for word in sorted(words & lexicon.words.keys()):
        for name in lexicon.words[word]:
            found[name] = None
    tags = [token.tag for token in tokens]
    for tag in ("JKS", "JX"):
        if tag in tags:
            found[tag] = None
    if "SL" in tags:
        found["latin"] = None
    names = tags.count("NNP")
    if names:
        found[f"proper nouns {min(names, 3)}"] = None
        found["proper nouns"] = None
    last = len(tokens)
    for name, end in matches(tokens, lexicon.patterns):
        if last - end <= 2:
            found[name + " at the end"] = None
        found[name] = None


def _ending(tokens: Sequence[Token], found: dict[str, None]) -> None:
    """The final ending, tense and predicate."""
    at = len(tokens) - 1
    while at >= 0 and tokens[at].tag[0] in "SWJ":
        at -= 1
    if at < 0:
        return
    last = tokens[at]
    if last.tag[0] != "E":
        found["ends in noun" if last.tag[0] in "NX" else f"ends in {last.tag}"] = None
        found["tense none"] = None
        found[f"last {last.form}"] = None
        return
    found[f"ending {last.form}"] = None
    found[f"ends in {last.tag}"] = None
    at -= 1
    tense = ""
    while at >= 0 and tokens[at].tag == "EP":
        tense = tokens[at].form + tense
        at -= 1
    found[f"tense {tense or '-'}"] = None
    if at < 0:
        return
    stem = tokens[at]
    auxiliary = ""
    while at > 1 and stem.tag.startswith("VX"):
        auxiliary = stem.form + auxiliary
        at -= 2  # the auxiliary and the ending before it
        while at > 0 and tokens[at].tag[0] in "JE":
            at -= 1
        stem = tokens[at]
    if auxiliary:
        found[f"auxiliary {auxiliary}"] = None
    predicate = stem.form
    if stem.tag in ("XSV", "XSA", "VCP") and at > 0:
        noun = tokens[at - 1]
        predicate = f"{noun.form}{'하' if stem.tag == 'XSA' else stem.form}"
        found[f"predicate of {noun.form}"] = None
        if noun.tag in ("ETM", "ETN") or noun.tag == "NNB":
            found[f"bound {noun.form}"] = None
    found[f"predicate {predicate}"] = None
    found[f"predicate {stem.tag} {tense or '-'} {auxiliary}"] = None
    found[f"predicate tag {stem.tag}"] = None


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


def _frame(text: str, sentence: Sentence, span: Span, attribution: Attribution | None, found: dict[str, None]) -> None:
    if attribution is None:
        found["author's own words"] = None
    else:
        found["attributed"] = None
        found["source named" if attribution.source else "no source"] = None
        found[f"style {attribution.style}"] = None
        found[f"frame {attribution.rule}"] = None
        if attribution.hedged:
            found["hedging frame"] = None
        tokens = sentence.tokens
        at = bisect_left(tokens, attribution.cue.start, key=_start)
        while at < len(tokens) and tokens[at].start < attribution.cue.end:
            if tokens[at].tag[0] in "NVX":
                found[f"cue {tokens[at].form}"] = None
            at += 1
    after = text[span.end : min(span.end + 6, sentence.end)]
    for mark in after[:3]:
        if mark in "?!":
            found["mark " + mark] = None
    if any(mark in _INFORMAL for mark in after) or ".." in after or "~" in after:
        found["informal"] = None
    if attribution is not None or not after:
        return
    if not after.strip():
        found["no full stop"] = None
