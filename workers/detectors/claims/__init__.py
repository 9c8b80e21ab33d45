"""Claims: which stretches put something forward, of which kind, how surely, and whether they are worth checking."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from schemas.labels import ClaimType, Modality
from workers.annotations import Attribution, Claim, Entity, Number, Reason, TimeExpression
from workers.detectors.claims.features import Context, features, vocabulary
from workers.detectors.claims.lexicon import TABLES
from workers.detectors.claims.model import Model
from workers.detectors.claims.segmentation import Clause, clauses
from workers.document import Document, Sentence

__all__ = ["TABLES", "Model", "detect"]

_REASONS = 4
_LEAST_REASON = 0.1


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
    context = Context.of(document, numbers, times, entities)
    found: list[Claim] = []
    for sentence, said in told(document, attributions):
        parts = clauses(document.text, sentence, said, model.lexicon, model.splits)
        topic = model.topic.score(vocabulary(sentence.tokens)) if parts else 0.0
        found += [_claim(context, sentence, part, len(parts), topic, model) for part in parts]
    return tuple(found)


def told(document: Document, attributions: Sequence[Attribution]) -> Iterable[tuple[Sentence, list[Attribution]]]:
    """The sentences that carry claims, each with the attributions whose content reaches into it."""
    ends = [sentence.end for sentence in document.sentences]
    reaching: dict[int, list[Attribution]] = {}
    for attribution in attributions:
        at = bisect_right(ends, attribution.content.start)
        while at < len(ends) and document.sentences[at].start < attribution.content.end:
            reaching.setdefault(at, []).append(attribution)
            at += 1
    for at, sentence in enumerate(document.sentences):
        if sentence.carries_claims:
            yield sentence, reaching.get(at, [])


def _claim(context: Context, sentence: Sentence, part: Clause, of: int, topic: float, model: Model) -> Claim:
    seen = features(context, sentence, part.span, part.tokens, part.attribution, part.place, of, model.lexicon)
    words = vocabulary(part.tokens)
    kind = model.kind.best(seen, words)
    return Claim(
        span=part.span,
        type=ClaimType(kind),
        modality=Modality(model.modality.best(seen)),
        negated=model.negated.score(seen) > 0,
        checkworthy=round(model.calibration.probability(model.checkworthy.score(seen, words) + topic), 4),
        rule="claims.attributed" if part.attribution else "claims.clause",
        reasons=_reasons(seen, kind, topic, model),
        attribution=part.attribution,
    )


def _reasons(seen: Sequence[str], kind: str, topic: float, model: Model) -> tuple[Reason, ...]:
    """What moved check-worthiness most, then what spoke most for the type."""
    get = model.checkworthy.weights.get
    worth = [("topic of the sentence", topic), *((name, get(name, 0.0)) for name in seen)]
    worth.sort(key=lambda row: -abs(row[1]))
    typed = sorted(((f"{kind}: {name}", model.kind.weight(name, kind)) for name in seen), key=lambda row: -row[1])
    return tuple(Reason(name, round(weight, 3)) for name, weight in worth[:_REASONS] + typed[:2] if abs(weight) >= _LEAST_REASON)
