"""Claims: which stretches put something forward, of which kind, how surely, and whether they are worth checking."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from schemas.labels import ClaimType, Modality
from workers.annotations import Attribution, Claim, Entity, Number, Reason, TimeExpression
from workers.detectors.claims.context import Context
from workers.detectors.claims.features import features
from workers.detectors.claims.figures import reported
from workers.detectors.claims.lexicon import TABLES
from workers.detectors.claims.model import LEAST_REASON, Judgement, Model, Seen
from workers.detectors.claims.repetition import repeated
from workers.detectors.claims.segmentation import Clause, clauses
from workers.document import Document, Sentence, Span

__all__ = ["TABLES", "Model", "detect"]

_FIGURE_REASONS = (Reason("figure inside an evaluation", 1.0),)


def detect(
    document: Document,
    numbers: Sequence[Number],
    times: Sequence[TimeExpression],
    entities: Sequence[Entity],
    attributions: Sequence[Attribution],
    model: Model,
) -> tuple[Claim, ...]:
    """The claims of `document` in order of their start; spans in code points of its text.

    A claim inside the content of an attribution carries it. The other layers are features only.
    """
    context = Context.of(document, numbers, times, entities, model.lexicon)
    found: list[Clause] = []
    seen: list[Seen] = []
    sentences: list[tuple[int, int]] = []
    for sentence, said in told(document, attributions):
        parts = clauses(context, sentence, said, model.splits)
        if parts:
            found += parts
            for part in parts:
                numbered = model.numbered(features(context, sentence, part, len(parts)))
                seen.append(Seen(numbered, part.first, part.end, len(sentences)))
            sentences.append(context.morphemes(sentence.span))
    judgements = model.judge(context.columns, document.lexemes, seen, sentences)
    claims: list[Claim] = []
    for part, judged, repeats in zip(found, judgements, _repeats(context, found, judgements), strict=True):
        if judged.kind is ClaimType.OPINION and (figure := _figure(context, part, judged, model)) is not None:
            claims.append(figure)
        claims.append(_claim(part, judged, repeats, model))
    return tuple(claims)


def _repeats(context: Context, found: Sequence[Clause], judgements: Sequence[Judgement]) -> list[Span | None]:
    """For each clause the span of the one that says the same and is worth more."""
    compared, forms = context.compared, context.columns.forms
    words = [forms[at] for at in compared]
    contents = [[*dict.fromkeys(words[bisect_left(compared, part.first) : bisect_left(compared, part.end)])] for part in found]
    order = sorted(range(len(found)), key=lambda at: (-judgements[at].checkworthy - judgements[at].topic, at))
    same = repeated(contents, [judged.negated for judged in judgements], order)
    return [found[same[at]].span if at in same else None for at in range(len(found))]


def told(document: Document, attributions: Sequence[Attribution]) -> Iterable[tuple[Sentence, list[Attribution]]]:
    """The sentences that carry claims, each with the attributions whose content reaches into it.

    One that tells no more than who said what stands before it (`김 대표의 말이다`) carries none.
    """
    ends = [sentence.end for sentence in document.sentences]
    reaching: dict[int, list[Attribution]] = {}
    telling: set[int] = set()
    for attribution in attributions:
        at = bisect_right(ends, attribution.content.start)
        while at < len(ends) and document.sentences[at].start < attribution.content.end:
            reaching.setdefault(at, []).append(attribution)
            at += 1
        if at < len(ends) and attribution.cue.start >= document.sentences[at].start:
            telling.add(bisect_right(ends, attribution.cue.start))
    for at, sentence in enumerate(document.sentences):
        if sentence.carries_claims and (at in reaching or at not in telling):
            yield sentence, reaching.get(at, [])


def _figure(context: Context, part: Clause, judged: Judgement, model: Model) -> Claim | None:
    """The figure that an evaluating clause reports, as an event."""
    near = context.numbers[bisect_left(context.number_starts, part.span.start) : bisect_left(context.number_starts, part.span.end)]
    span = reported(context.document.text, part.span, near, model.lexicon) if near else None
    if span is None:
        return None
    worth = model.calibration.probability(max(judged.checkworthy, 0.0) + max(judged.topic, 0.0))
    return Claim(span, ClaimType.EVENT, Modality.ASSERTED, False, round(worth, 4), "claims.figure", _FIGURE_REASONS, part.attribution)


def _claim(part: Clause, judged: Judgement, repeats: Span | None, model: Model) -> Claim:
    kind, modality, negated, own, topic, reasons = judged
    worth = round(model.calibration.probability(own + topic), 4)
    rule = "claims.attributed" if part.attribution else "claims.clause"
    if abs(topic) >= LEAST_REASON:
        reasons = (Reason("topic of the sentence", round(topic, 3)), *reasons)
    return Claim(part.span, kind, modality, negated, worth, rule, reasons, part.attribution, repeats)
